/* Keeps an open page as its source is. The server says over an event stream that the page is
   stale; this script then asks for the page again and turns the document into it, in place.
   What the reader of the page did meanwhile (scrolled, selected, opened, typed) stays.

   In: the notices of src/serve/protocol.rs. Out: changes of the document, the event
   `regesta:change` for the theme's scripts, and a dock in the corner. Absent on purpose:
   anything within `body` that the page itself does not have. */
(function () {
  "use strict";
  const OWN = "/.regesta/";
  const script = document.currentScript;
  const page = script.dataset.page;
  /** The fingerprint of what the document shows. */
  let shows = script.dataset.fingerprint;
  /** Opens the editor; nothing on another machine than the server's. */
  let token = script.dataset.token;

  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  /** The address of a page or a file, from its address below the root. */
  const at = (address) => new URL("/" + address.split("/").map(encodeURIComponent).join("/"), location.href);
  const isAdded = (node) => node instanceof Element && node.hasAttribute("data-added");
  const isBlank = (node) => node instanceof Text && !node.data.trim();
  const many = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

  /** Tells the theme's scripts that the page, or something that it loads, is another than it was. */
  const tellScripts = () => document.dispatchEvent(new Event("regesta:change"));

  /** What outlasts a change of the page, as long as the tab is open. */
  const memory = {
    get(name) {
      try { return sessionStorage.getItem("regesta-preview-" + name); } catch { return null; }
    },
    set(name, value) {
      try {
        if (value) sessionStorage.setItem("regesta-preview-" + name, value);
        else sessionStorage.removeItem("regesta-preview-" + name);
      } catch { /* Then it is forgotten. */ }
    },
  };

  /** Goes away for good: what follows in the caller must not be done any more. */
  function leave(go) {
    go();
    return new Promise(() => {});
  }

  /* A browser keeps the place by itself, but not where it was still about to. */
  let place = Number(memory.get("place"));
  memory.set("place", "");
  if (place && document.readyState !== "complete") {
    addEventListener("load", () => {
      if (Math.abs(scrollY - place) > 1 && !isReading()) scrollTo({ top: place, behavior: "instant" });
      place = 0;
    });
  }
  function reload() {
    memory.set("place", place || scrollY);
    return leave(() => location.reload());
  }

  // ------------------------------------------------------------------ The stream of notices

  const SOONEST = 200, LATEST = 2000;
  let stream = null, run = null, retry = 0, delay = SOONEST;

  /* A browser opens six connections to a host, and a stream holds one: a hidden tab has none. */
  function connect() {
    clearTimeout(retry);
    if (stream || document.visibilityState === "hidden") return;
    stream = new EventSource(`${OWN}events?page=${encodeURIComponent(page)}&shows=${encodeURIComponent(shows)}`);
    stream.onmessage = (event) => take(JSON.parse(event.data));
    /* The browser would reconnect by itself, but to the address of long ago, which names
       what the page showed then. */
    stream.onerror = () => {
      disconnect();
      dock.state("closed", "reconnecting…");
      retry = setTimeout(connect, delay);
      delay = Math.min(2 * delay, LATEST);
    };
  }

  function disconnect() {
    clearTimeout(retry);
    stream?.close();
    stream = null;
    dock.state("closed", "");
  }

  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? disconnect() : connect()));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);

  function take(notice) {
    switch (notice.kind) {
      case "hello": return greet(notice.run);
      case "stale": return renew(notice.fingerprint);
      case "assets": return refresh(notice.addresses);
      case "gone": return depart(notice.to);
      case "faults": return dock.faults(notice.faults);
      case "follow": return follow(notice.to);
      case "ripple":
        tellScripts(); // previews show other pages
        return dock.ripple(notice);
    }
  }

  function greet(now) {
    delay = SOONEST;
    dock.state("open", "");
    if (run !== null) {
      /* Back after a while: the server may be another, with another token, and nobody was
         told what went meanwhile. */
      renew(null);
      reviewStyles();
    }
    run = now;
  }

  function depart(to) {
    if (to === page) return;
    memory.set("note", `${page} is gone, and led here.`);
    disconnect();
    location.replace(at(to));
  }

  function follow(to) {
    if (to !== page) location.assign(at(to));
  }

  // ------------------------------------------------------------------ The page made new

  let wanted = shows, asked = false, renewing = false;

  /* One fetch at a time, so that no older answer comes after a newer one; what is said
     meanwhile is looked at before the end, so that nothing is missed. `null` asks anyway. */
  async function renew(fingerprint) {
    if (fingerprint === null) asked = true;
    else wanted = fingerprint;
    if (renewing) return;
    renewing = true;
    for (let failures = 0; (asked || wanted !== shows) && failures < 10; ) {
      const told = wanted;
      asked = false;
      const answer = await fetchPage().catch(() => null);
      if (answer) {
        await become(answer);
        failures = 0;
        /* The answer may be newer than what was told: then the notice of that is on its way. */
        if (wanted === told) wanted = shows;
      } else if (stream) {
        failures += 1;
        asked = true;
        await pause(100 * failures);
      } else {
        break; // The server says what is stale when it is back.
      }
    }
    renewing = false;
  }

  /** The page as the server has it now, and this script's element in it. */
  async function fetchPage() {
    const response = await fetch(location.pathname + location.search, { cache: "no-store" });
    if (response.redirected) await leave(() => location.replace(response.url + location.hash));
    const next = new DOMParser().parseFromString(await response.text(), "text/html");
    const own = next.querySelector(`script[src="${OWN}preview.js"]`);
    return own && { next, own };
  }

  async function become({ next, own }) {
    token = own.dataset.token;
    if (own.dataset.fingerprint === shows) return;
    /* Another page at this address, other scripts or another policy: these cannot be changed
       while a page stands. */
    if (own.dataset.page !== page || frame(next) !== frame(document)) await reload();
    try {
      await Promise.all([morphs, mergeStyles(next)]);
      const watch = watchPen();
      mergeHead(next);
      morphBody(next.body);
      shows = own.dataset.fingerprint;
      const changes = watch();
      tellScripts();
      showPen(changes);
    } catch (fault) {
      console.error(fault);
      await reload();
    }
  }

  const path = (element, name) => new URL(element.getAttribute(name), location.href).pathname;
  const styles = (of) => [...of.querySelectorAll("link[rel~=stylesheet]:not([data-added])")];

  function frame(of) {
    const scripts = [...of.querySelectorAll("script[src]:not([data-added])")].map((one) => path(one, "src"));
    const policies = [...of.querySelectorAll("meta[http-equiv]")].map((one) => one.outerHTML);
    return JSON.stringify([scripts, policies]);
  }

  /* New styles are there before the content that wants them. */
  async function mergeStyles(next) {
    const here = styles(document), there = styles(next);
    const among = (list, link) => list.find((one) => path(one, "href") === path(link, "href"));
    const kept = there.map((link) => among(here, link)).filter(Boolean);
    /* To move a link is to load it again, and the page would be bare meanwhile. */
    if (kept.some((link, index) => link !== here.filter((one) => kept.includes(one))[index])) await reload();
    const coming = [];
    let last = null;
    for (const link of there) {
      let mine = among(here, link);
      if (mine) {
        if (mine.media !== link.media) mine.media = link.media;
      } else {
        mine = document.importNode(link);
        coming.push(new Promise((done) => (mine.onload = mine.onerror = done)));
        if (last) last.after(mine);
        else if (here[0]) here[0].before(mine);
        else document.head.append(mine);
      }
      last = mine;
    }
    await Promise.race([Promise.all(coming), pause(1000)]);
    for (const link of here) if (!kept.includes(link)) link.remove();
  }

  function mergeHead(next) {
    if (document.title !== next.title) document.title = next.title;
    /* What a script set there, the choice of colours for one, is not in the page and stays. */
    for (const { name, value } of next.documentElement.attributes) document.documentElement.setAttribute(name, value);
    const others = (head) => [...head.children].filter((one) => !one.matches("title, script, style, link[rel~=stylesheet], meta[http-equiv], [data-added]"));
    const gone = new Map(others(document.head).map((one) => [one.outerHTML, one]));
    for (const one of others(next.head)) if (!gone.delete(one.outerHTML)) document.head.append(document.importNode(one, true));
    for (const one of gone.values()) one.remove();
  }

  /** Resolves when idiomorph is there. */
  const morphs = new Promise((done, failed) => {
    const library = document.createElement("script");
    library.src = OWN + "idiomorph.js";
    library.dataset.added = "";
    library.onload = done;
    library.onerror = () => failed(new Error("idiomorph.js did not load"));
    document.head.append(library);
  });
  morphs.catch(() => {}); // It is told where it is wanted.

  function morphBody(next) {
    const focus = document.activeElement;
    for (const picture of next.querySelectorAll("img[src]")) {
      const version = versions.get(path(picture, "src"));
      if (version) picture.setAttribute("src", `${picture.getAttribute("src")}?${version}`);
    }
    /* An element with an id is never taken for one without: so nothing that a script added
       becomes something of the page. */
    const added = document.querySelectorAll("body [data-added]:not([id])");
    added.forEach((one, index) => (one.id = "regesta-added-" + index));
    try {
      turn(document.body, next, focus);
    } finally {
      for (const one of added) one.removeAttribute("id");
    }
    if (!focus.isConnected) twin(focus)?.focus({ preventScroll: true });
  }

  /** A blank between the page's text and what a script added behind it. */
  const isJoint = (node) => isBlank(node) && isAdded(node.nextSibling);

  /** What stands for an element that is gone. */
  function twin(element) {
    if (element.id) return document.getElementById(element.id);
    const href = element.getAttribute("href");
    if (href === null) return null;
    const links = [...document.body.querySelectorAll("a[href]")].filter((one) => one.getAttribute("href") === href);
    return links.find((one) => one.textContent === element.textContent) ?? links[0];
  }

  /* Where both have the same order of elements, each becomes its counterpart; where they have
     not, idiomorph finds out what belongs together. It looks at all siblings of each, which
     takes half a minute for a list of ten thousand. */
  function turn(old, next, focus) {
    if (old.isEqualNode(next)) return;
    for (const attribute of next.attributes) {
      const { name, value } = attribute;
      if (old.getAttribute(name) !== value && !isReaders(old, name, focus)) old.setAttributeNode(attribute.cloneNode());
    }
    for (const { name } of [...old.attributes]) if (!next.hasAttribute(name) && !isReaders(old, name, focus)) old.removeAttribute(name);
    align(old, next);
    const was = [...old.childNodes].filter((one) => !isAdded(one)), will = [...next.childNodes];
    const isPair = (one, index) => one.nodeType === will[index].nodeType && one.localName === will[index].localName && one.id === will[index].id;
    /* A blank before what a script added may be the page's or the script's. */
    const pairs = [was, was.filter((one) => !isJoint(one))].find((list) => list.length === will.length && list.every(isPair));
    if (pairs) {
      pairs.forEach((one, index) => {
        if (one instanceof Element) turn(one, will[index], focus);
        else if (one instanceof Text) rewrite(one, will[index].data);
      });
      return;
    }
    window.Idiomorph.morph(old, will, {
      morphStyle: "innerHTML",
      callbacks: {
        beforeNodeRemoved: (node) => !isAdded(node) && !isJoint(node),
        beforeNodeMorphed(node, to) {
          if (node instanceof Text) rewrite(node, to.data);
        },
        beforeAttributeUpdated: (name, element) => !isReaders(element, name, focus),
      },
    });
  }

  /** Whether an attribute says what the reader opened, typed or chose, or that a key led to a heading. */
  function isReaders(element, name, focus) {
    if (name === "open") return element.matches("details, dialog");
    if (name === "value" || name === "checked" || name === "selected") return element.matches("input:not([type=hidden], [type=submit], [type=button]), textarea, option");
    return name === "tabindex" && element === focus;
  }

  /* What has no id is paired in its order: behind a new paragraph each would become the one
     before it, and take selections and open details along. So surplus paragraphs are put in,
     and missing ones taken out, at the place where the two differ. */
  function align(old, next) {
    const was = children(old), will = children(next);
    if (was.length === will.length) return;
    const same = (one, other) => one.localName === other.localName && one.id === other.id && (one.isEqualNode(other) || words(one) === words(other));
    const least = Math.min(was.length, will.length);
    let start = 0, end = 0;
    while (start < least && same(was[start], will[start])) start += 1;
    while (end < least - start && same(was[was.length - 1 - end], will[will.length - 1 - end])) end += 1;
    const gone = was.slice(start, was.length - end), come = will.slice(start, will.length - end);
    const both = Math.min(gone.length, come.length);
    const before = was[was.length - end];
    gone.slice(both).forEach(takeOut);
    come.slice(both).forEach(putIn);

    function takeOut(one) {
      /* What moved is found by its id. */
      if (one.contains(document.activeElement) || ids(one).some((id) => next.ownerDocument.getElementById(id))) return;
      if (isBlank(one.nextSibling)) one.nextSibling.remove();
      one.remove();
    }
    function putIn(one) {
      if (ids(one).some((id) => document.getElementById(id))) return;
      let place = before;
      if (!place && was.length) {
        place = children(old).at(-1)?.nextSibling;
        if (isBlank(place) && !isJoint(place)) place = place.nextSibling;
      }
      old.insertBefore(document.importNode(one, true), place ?? null);
      if (isBlank(one.nextSibling)) old.insertBefore(document.importNode(one.nextSibling), place ?? null);
    }
  }

  const children = (element) => [...element.children].filter((one) => !isAdded(one));
  const ids = (element) => [element, ...element.querySelectorAll("[id]")].map((one) => one.id).filter(Boolean);

  /** The words of an element, without what scripts added. */
  function words(element) {
    if (element.querySelector("[data-added]")) {
      element = element.cloneNode(true);
      for (const one of element.querySelectorAll("[data-added]")) one.remove();
    }
    return element.textContent.replace(/\s+/g, " ").trim();
  }

  /* Only what differs, so that a selection in the rest of the text stands. */
  function rewrite(text, to) {
    const from = text.data;
    const least = Math.min(from.length, to.length);
    let start = 0, end = 0;
    while (start < least && from[start] === to[start]) start += 1;
    while (end < least - start && from[from.length - 1 - end] === to[to.length - 1 - end]) end += 1;
    if (start + end < Math.max(from.length, to.length)) {
      text.replaceData(start, from.length - start - end, to.slice(start, to.length - end));
      rewritten.set(text, [start, to.length - end]);
    }
  }

  // ------------------------------------------------------------------ Follow the pen

  /** Where in a text the last change is. */
  const rewritten = new WeakMap();

  /* Whoever moves the page by hand is reading, and is not to be led away. */
  let held = false, moved = -Infinity;
  const SCROLLING = ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "];
  const listen = (name, action) => addEventListener(name, action, { passive: true, capture: true });
  for (const name of ["wheel", "touchmove"]) listen(name, () => (moved = performance.now()));
  listen("keydown", (event) => { if (SCROLLING.includes(event.key)) moved = performance.now(); });
  listen("pointerdown", () => (held = true));
  for (const name of ["pointerup", "pointercancel"]) listen(name, () => { held = false; });
  const isReading = () => held || performance.now() - moved < 600;

  /** Notes what changes in the text; the function that it gives ends that and tells. */
  function watchPen() {
    const observer = new MutationObserver(() => {});
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, characterDataOldValue: true, attributes: true, attributeFilter: ["src"] });
    return () => {
      const records = observer.takeRecords();
      observer.disconnect();
      return records.flatMap(placesOf);
    };
  }

  /** The nodes at which a change can be seen. */
  function placesOf({ type, target, oldValue, addedNodes, removedNodes, nextSibling, previousSibling }) {
    if (type === "attributes") return [target];
    const squeezed = (text) => text.replace(/\s+/g, " ");
    if (type === "characterData") return squeezed(oldValue) === squeezed(target.data) ? [] : [target];
    const told = (node) => !isBlank(node) && !isAdded(node) && !(node instanceof Comment);
    const added = [...addedNodes].filter(told);
    if (added.length || ![...removedNodes].some(told)) return added;
    /* Where something is gone, what stood beside it. */
    while (isBlank(nextSibling)) nextSibling = nextSibling.nextSibling;
    while (isBlank(previousSibling)) previousSibling = previousSibling.previousSibling;
    return [[nextSibling, previousSibling].find((node) => node instanceof Element) ?? target];
  }

  /** The smallest box around a node that stands in the text as a block. */
  function blockOf(node) {
    let block = node instanceof Element ? node : node.parentElement;
    block = block?.closest("svg")?.parentElement ?? block;
    while (block && /^(inline|contents|none)/.test(getComputedStyle(block).display)) block = block.parentElement;
    return block;
  }

  let marked = null, unmark = 0;

  function showPen(nodes) {
    const main = document.querySelector("main") ?? document.body;
    const places = nodes
      .filter((node) => node.isConnected && main.contains(node))
      .map((node) => ({ node, block: blockOf(node) }))
      .filter(({ node, block }) => block && block !== main && main.contains(block) && block.checkVisibility() && !(node.closest ? node : node.parentElement).closest("[data-added]"));
    /* A list of contents repeats what is written further down. */
    const rank = ({ block }) => (block.closest("nav") ? 1 : 0);
    places.sort((one, other) => rank(one) - rank(other) || (one.block.compareDocumentPosition(other.block) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    const [first] = places;
    if (!first) return;
    if (!isReading()) bringIntoView(first);
    mark(first.block);
  }

  function bringIntoView({ node, block }) {
    let box = block.getBoundingClientRect();
    /* Of a long paragraph, the line. */
    if (rewritten.has(node) && box.height > innerHeight / 2) {
      const range = document.createRange(), [start, end] = rewritten.get(node);
      range.setStart(node, Math.min(start, node.length));
      range.setEnd(node, Math.min(end, node.length));
      if (range.getClientRects().length) box = range.getBoundingClientRect();
    }
    const seen = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
    if (seen >= Math.min(box.height, 64)) return;
    const above = box.height < 0.7 * innerHeight ? (innerHeight - box.height) / 2 : 0.1 * innerHeight;
    scrollBy({ top: box.top - above, behavior: calm() ? "instant" : "smooth" });
  }

  function mark(block) {
    clearTimeout(unmark);
    release();
    void block.offsetWidth; // so that a second change within the time begins anew
    block.classList.add("regesta-changed");
    marked = block;
    unmark = setTimeout(release, 2000);

    function release() {
      marked?.classList.remove("regesta-changed");
      if (marked?.className === "") marked.removeAttribute("class");
      marked = null;
    }
  }

  // ------------------------------------------------------------------ Styles, scripts, pictures

  /** For pictures that changed, what follows their address, by path. */
  const versions = new Map();
  let version = 0;

  async function refresh(addresses) {
    let fixed = false, previews = false;
    for (const { pathname } of addresses.map(at)) {
      const links = [...document.querySelectorAll("link[rel~=stylesheet], link[rel~=icon]")].filter((one) => path(one, "href") === pathname);
      const pictures = [...document.querySelectorAll("img[src]")].filter((one) => path(one, "src") === pathname);
      if (pathname.startsWith("/previews/")) previews = true;
      else if (links.length) swap(links);
      else if (pictures.length) {
        versions.set(pathname, `regesta=${(version += 1)}`);
        for (const picture of pictures) picture.setAttribute("src", `${picture.getAttribute("src").split("?")[0]}?${versions.get(pathname)}`);
      } else if (isLoaded(pathname)) fixed = true;
    }
    if (fixed) await reload();
    if (previews) tellScripts();
  }

  /* Scripts, fonts, pictures of a style sheet: in use is what the browser has asked for. */
  const isLoaded = (pathname) => performance.getEntriesByType("resource").some((one) => new URL(one.name).pathname === pathname);

  /* The new link stands behind the old one until it has loaded, so that the page is never bare. */
  function swap(links) {
    const old = links[0];
    const link = old.cloneNode();
    link.href = `${old.getAttribute("href").split("?")[0]}?regesta=${(version += 1)}`;
    link.dataset.added = "";
    link.onload = () => {
      for (const one of links) one.remove();
      delete link.dataset.added;
    };
    link.onerror = () => link.remove();
    links.at(-1).after(link);
    if (!link.relList.contains("stylesheet")) link.onload();
  }

  /* While the stream was closed nobody said which styles changed. */
  async function reviewStyles() {
    const rules = (sheet) => [...sheet.cssRules].filter((rule) => !(rule instanceof CSSImportRule)).map((rule) => rule.cssText).join("\n");
    for (const link of styles(document)) {
      try {
        const response = await fetch(link.href, { cache: "no-cache" });
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(await response.text());
        if (response.ok && link.sheet && link.isConnected && rules(sheet) !== rules(link.sheet)) swap([link]);
      } catch { /* It is looked at when the stream is open again. */ }
    }
  }

  // ------------------------------------------------------------------ The dock in the corner

  /* An element of its own behind `body`, with a tree of its own: a change of the page does not
     reach it, nor do the theme's styles. */
  const dock = (() => {
    const host = make("regesta-preview", { lang: "en", "data-added": "" });
    const root = host.attachShadow({ mode: "open" });

    const alarm = make("p", { class: "unseen", role: "alert" });
    const heading = make("h2", { id: "faults-heading" });
    const list = make("ol");
    const minimise = make("button", { type: "button", class: "plain", title: "Escape" }, "Minimise");
    const overlay = make(
      "section",
      { id: "faults", class: "card faults", "aria-labelledby": "faults-heading", hidden: "" },
      make("header", {}, heading, make("p", {}, "The page shows the last state without errors."), minimise),
      list,
    );
    const rippled = make("section", { id: "ripple", class: "card ripple", "aria-label": "Other pages that changed", tabindex: "0", hidden: "" });
    const message = make("span", { role: "status" });
    const dismiss = make("button", { type: "button", class: "plain", "aria-label": "Dismiss" }, "×");
    const note = make("p", { class: "card note", hidden: "" }, message, dismiss);
    const badge = make("button", { type: "button", class: "badge", "aria-controls": "faults", "aria-expanded": "false", hidden: "" });
    const ripples = make("button", { type: "button", "aria-controls": "ripple", "aria-expanded": "false", hidden: "" });
    const state = make("span", { class: "state", role: "status" });
    const edit = make("button", { type: "button", title: "Opens the source of this page at the section in view" }, "Edit");
    /* From the right to the left, so that what is always there stays where it is. */
    const bar = make("div", { class: "bar" }, edit, badge, ripples, state);
    const style = make("link", { rel: "stylesheet", href: OWN + "preview.css" });
    const all = make("aside", { class: "regesta-dock", "aria-label": "Live preview", hidden: "" }, alarm, bar, note, rippled, overlay);
    style.onload = style.onerror = () => { all.hidden = false; };
    root.append(style, all);
    document.head.append(make("link", { rel: "stylesheet", href: OWN + "preview.css", "data-added": "" }));
    document.documentElement.append(host);

    const show = (button, panel, is) => {
      panel.hidden = !is;
      button.setAttribute("aria-expanded", is);
    };

    // ---- Messages

    let hush = 0;
    function say(text, lasting) {
      clearTimeout(hush);
      message.textContent = text;
      note.hidden = !text;
      if (text && !lasting) hush = setTimeout(() => say(""), 6000);
    }
    dismiss.addEventListener("click", () => {
      say("");
      edit.focus();
    });
    say(memory.get("note") ?? "");
    memory.set("note", "");

    // ---- The source in the editor

    /** Opens the editor, or says why not. */
    async function open(query) {
      try {
        const response = await fetch(`${OWN}open?${new URLSearchParams(query)}`, { method: "POST", headers: { "X-Regesta-Token": token } });
        say(response.ok ? "" : (await response.text()).trim() || `The editor does not open (${response.status}).`, true);
      } catch {
        say("The server of the preview does not answer.", true);
      }
    }

    /** The id of the section that is being read: the last whose heading is in the upper third. */
    function sectionInView() {
      const above = [...document.querySelectorAll("main :is(h2, h3, h4, h5, h6)[id]")].filter((one) => one.checkVisibility() && one.getBoundingClientRect().top < innerHeight / 3);
      return above.at(-1)?.id;
    }

    edit.hidden = !token;
    edit.addEventListener("click", () => {
      const section = sectionInView();
      open(section ? { page, section } : { page });
    });

    // ---- Faults

    let shown = "[]";

    function tellFaults(faults) {
      const as = JSON.stringify(faults);
      if (as === shown) return;
      const before = shown;
      shown = as;
      const errors = faults.filter((fault) => fault.severity === "error").length;
      const warnings = faults.length - errors;
      const count = [errors && many(errors, "error"), warnings && many(warnings, "warning")].filter(Boolean).join(", ");
      heading.textContent = badge.textContent = count;
      badge.hidden = !faults.length;
      badge.classList.toggle("wrong", errors > 0);
      overlay.classList.toggle("wrong", errors > 0);
      const focus = overlay.contains(root.activeElement) && root.activeElement.dataset.key;
      list.replaceChildren(...faults.map(drawFault));
      if (focus) [...list.querySelectorAll("button")].find((one) => one.dataset.key === focus)?.focus({ preventScroll: true });
      alarm.textContent = errors ? `${count}. ${faults.find((fault) => fault.severity === "error").message}` : "";
      if (!errors) memory.set("minimised", "");
      show(badge, overlay, errors ? !memory.get("minimised") : !overlay.hidden && warnings > 0 && !before.includes('"severity":"error"'));
    }

    /* Once put away, faults stay so until they are mended, also on the next page. */
    function toggleFaults(is) {
      const within = overlay.contains(root.activeElement);
      show(badge, overlay, is);
      memory.set("minimised", is ? "" : "yes");
      if (!is && within) badge.focus();
    }
    badge.addEventListener("click", () => toggleFaults(overlay.hidden));
    minimise.addEventListener("click", () => toggleFaults(false));

    function drawFault({ severity, code, message, path, line, column, width, text, help, also }) {
      const one = make(
        "li",
        { class: severity },
        make("p", { class: "what" }, make("span", { class: "code" }, severity, make("code", {}, code)), " ", ...prose(message)),
        ...drawPlace({ path, line, column, width, text }, code),
      );
      for (const [place, label] of also ?? []) one.append(make("p", { class: "also" }, ...prose(label)), ...drawPlace(place, code));
      if (help) one.append(make("p", { class: "help" }, make("b", {}, "help"), " ", ...prose(help)));
      return one;
    }

    function drawPlace({ path, line, column, width, text }, code) {
      const go = () => open({ path, line, column });
      const place = make("button", { type: "button", class: "place", "data-key": `${code} ${path}:${line}` }, `${path}:${line}:${column}`);
      place.disabled = !token;
      place.addEventListener("click", go);
      if (!text) return [place];
      const characters = [...text];
      /* A paragraph is one line: what stands around the place is enough. */
      const start = Math.min(column - 1, characters.length), end = Math.min(start + width, characters.length);
      const from = start > 70 ? start - 50 : 0, to = characters.length > end + 90 ? end + 70 : characters.length;
      const part = (a, b) => characters.slice(a, b).join("");
      const row = make(
        "p",
        { class: "line" },
        make("span", { class: "number", "aria-hidden": "true" }, String(line)),
        make("code", {}, from ? "…" : "", part(from, start), make("mark", { class: end > start ? "" : "point" }, part(start, end)), part(end, to), to < characters.length ? "…" : ""),
      );
      /* The line is a larger place to click; by keyboard there is the button. Words can still be selected. */
      if (token) row.addEventListener("click", () => { if (!String(getSelection())) go(); });
      return [place, row];
    }

    /** Text, with what stands in backticks as code. */
    function prose(text) {
      return text.split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part));
    }

    // ---- Ripple

    let linger = 0;

    function tellRipple({ files, pages, total }) {
      const others = pages.filter((one) => one.permalink !== page);
      const count = total - (pages.length - others.length);
      if (!count) return;
      ripples.textContent = `${many(count, "other page")} changed`;
      ripples.hidden = false;
      rippled.replaceChildren(
        make("h2", {}, "Changed with ", ...files.slice(0, 3).flatMap((file, index) => [index ? ", " : "", make("code", {}, file)]), files.length > 3 ? ` and ${files.length - 3} more` : ""),
        make(
          "ul",
          {},
          ...others.map(({ permalink, title, why }) =>
            make("li", {}, why.includes("gone") ? make("s", {}, title) : make("a", { href: at(permalink).pathname }, title), " ", make("span", { class: "why" }, why.join(", "))),
          ),
        ),
        count > others.length ? make("p", { class: "more" }, `and ${count - others.length} more`) : "",
      );
      stay();
    }

    function stay() {
      clearTimeout(linger);
      linger = setTimeout(() => {
        if (rippled.hidden && !ripples.matches(":hover, :focus-visible")) ripples.hidden = true;
      }, 8000);
    }
    function toggleRipple(is) {
      const within = rippled.contains(root.activeElement);
      show(ripples, rippled, is);
      if (!is && within) ripples.focus();
      stay();
    }
    ripples.addEventListener("click", () => toggleRipple(rippled.hidden));
    for (const name of ["pointerleave", "blur"]) ripples.addEventListener(name, stay);

    // ---- Escape closes what was opened last; what the page itself closes comes first.

    addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog:modal")) return;
      if (!rippled.hidden) toggleRipple(false);
      else if (!note.hidden) say("");
      else if (!overlay.hidden) toggleFaults(false);
    });

    return {
      /* For a person in words, for a program as an attribute. */
      state(stream, text) {
        host.dataset.stream = stream;
        if (state.textContent !== text) state.textContent = text;
      },
      faults: tellFaults,
      ripple: tellRipple,
    };
  })();

  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  connect();
})();
