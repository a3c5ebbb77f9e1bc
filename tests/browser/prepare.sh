# What the browser tests need: Chromium, Firefox, Node, the packages of the lock file, a release build.
# Sourced by scripts/test, scripts/screens and scripts/lighthouse, which stand in the root of the repository.

# Installs what is missing where it may (Debian, as root), or says what to install and leaves with 2.
# With the argument `firefox` that one too.
browser_tools() {
    local missing=()
    if [ "${1:-}" = firefox ] && [ "$(firefox_version)" -lt "$FIREFOX_LEAST" ]; then
        missing+=(firefox-esr)
    fi
    command -v "${CHROMIUM:-chromium}" >/dev/null || missing+=(chromium)
    command -v node >/dev/null || missing+=(nodejs)
    command -v npm >/dev/null || missing+=(npm)
    if [ ${#missing[@]} -gt 0 ]; then
        if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
            echo "$0: ${missing[*]} missing: install what is named (Debian: apt-get install ${missing[*]}), or name the browsers in CHROMIUM and FIREFOX" >&2
            exit 2
        fi
        echo "$0: installing ${missing[*]}" >&2
        # First, or what an old list has is installed: it may be older than what the tests need.
        apt-get -qq update || echo "$0: apt-get cannot fetch its lists anew" >&2
        apt_install "${missing[@]}" || { echo "$0: apt-get cannot install ${missing[*]}" >&2; exit 2; }
        if [ "${1:-}" = firefox ] && [ "$(firefox_version)" -lt "$FIREFOX_LEAST" ]; then
            echo "$0: Firefox $(firefox_version) is too old: the browser tests need $FIREFOX_LEAST or later; name another in FIREFOX" >&2
            exit 2
        fi
    fi
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 18 || (a === 18 && b >= 19) ? 0 : 1)' ||
        { echo "$0: Node $(node --version) is too old: the browser tests need 18.19 or later" >&2; exit 2; }
}

# Firefox 140 runs what drives it under the policy of the page, which forbids that.
FIREFOX_LEAST=153

# The first number of it; 0 where there is none.
firefox_version() {
    local program version
    for program in ${FIREFOX:-firefox-esr firefox}; do
        version=$("$program" --version 2>/dev/null | sed -n 's/.*Firefox \([0-9]*\).*/\1/p') || true
        [ -z "$version" ] || { echo "$version"; return; }
    done
    echo 0
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "$@" </dev/null >/dev/null
}

# Installs the packages of the lock file unless they are there. An argument is passed on to npm.
browser_packages() {
    local lock=tests/browser/package-lock.json installed=tests/browser/node_modules/.installed
    if [ -f "$installed" ] && cmp -s "$lock" "$installed" && { [ $# -gt 0 ] || [ -d tests/browser/node_modules/lighthouse ]; }; then
        return
    fi
    npm ci --prefix tests/browser --no-progress --loglevel=error "$@" </dev/null
    cp "$lock" "$installed"
}
