/* Cards for links to entries, keywords, actors and notes: on hover, focus or a
   long press. They nest, can be pinned, and close with Escape. */
(function () {
  "use strict";
  var regesta = window.regesta;
  var USED = ":hover, :focus-within";
  var open = [], count = 0, opening, closing, back;

  function button(text, action) {
    var one = document.createElement("button");
    one.type = "button";
    one.textContent = text;
    one.setAttribute("aria-label", text + " this preview");
    one.onclick = action;
    return one;
  }

  /* Whether an element is in a card, or in one that the card led to. */
  function leads(card, one) {
    var at = one.closest(".preview");
    return at && (at === card || leads(card, at.link));
  }

  function close(card) {
    var focus = card.contains(document.activeElement);
    open = open.filter(function (one) {
      if (!leads(card, one)) return true;
      one.remove();
      one.link.removeAttribute("aria-describedby");
    });
    if (focus) (back = card.link).focus();
    back = null;
  }

  /* Closes what is not in use, and led to nothing that is. */
  function sweep(used) {
    open.forEach(function (card) {
      if (!open.some(function (one) { return used(one) && leads(card, one); })) close(card);
    });
  }

  /* Below the link, or above it where there is more room; never upon it. */
  function place(card) {
    var link = card.link, boxes = link.getClientRects(), box = boxes[0] || link.getBoundingClientRect();
    var last = boxes[boxes.length - 1] || box;
    var view = document.documentElement;
    var left = Math.max(8, Math.min(box.left, view.clientWidth - card.offsetWidth - 8));
    var below = view.clientHeight - last.bottom - 16;
    var above = box.top - 16;
    var under = below >= Math.min(card.scrollHeight, 320) || below >= above;
    card.style.maxHeight = Math.max(120, Math.min(480, under ? below : above)) + "px";
    card.style.left = left + scrollX + "px";
    card.style.top = (under ? last.bottom + 6 : box.top - 6 - card.offsetHeight) + scrollY + "px";
    link.setAttribute("aria-describedby", card.id);
  }

  function show(link, address) {
    var parent = link.closest(".preview");
    if (parent && parent.address === address || open.some(function (card) { return card.link === link; })) return;
    link.wanted = true;
    regesta.previewText(address).then(function (text) {
      if (!text || !link.wanted || !link.isConnected) return;
      sweep(function (one) { return one === parent || one.pinned; });
      var card = document.createElement("aside");
      card.className = "preview";
      card.dataset.added = "";
      card.id = "preview-" + (count += 1);
      card.setAttribute("role", "note");
      card.setAttribute("aria-label", "Preview");
      card.link = link;
      card.address = address;
      var bar = document.createElement("div");
      bar.className = "preview-bar";
      bar.append(
        button("Pin", function () { this.setAttribute("aria-pressed", card.pinned = !card.pinned); }),
        button("Close", function () { close(card); })
      );
      card.append(regesta.previewBody(text, address), bar);
      document.body.append(card);
      open.push(card);
      place(card);
      card.onpointerenter = function () { clearTimeout(closing); };
      card.onpointerleave = later;
    }, function () { /* The link itself still works. */ });
  }

  function later() {
    clearTimeout(closing);
    closing = setTimeout(function () {
      sweep(function (card) { return card.pinned || card.matches(USED) || card.link.matches(USED); });
    }, 250);
  }

  function on(name, action, options) {
    document.addEventListener(name, action, options);
  }

  function linkOf(event) {
    return event.target instanceof Element && event.target.closest("a[href]");
  }

  on("pointerover", function (event) {
    var link = linkOf(event);
    var address = link && event.pointerType === "mouse" && regesta.previewAddress(link);
    if (!address) return;
    clearTimeout(opening);
    opening = setTimeout(show, 300, link, address);
    link.addEventListener("pointerleave", function () { link.wanted = false; clearTimeout(opening); later(); }, { once: true });
  });
  on("focusin", function (event) {
    var link = linkOf(event);
    var address = link && link.matches(":focus-visible") && regesta.previewAddress(link);
    if (address && link !== back) show(link, address);
    else later();
  });
  on("focusout", function (event) {
    var link = linkOf(event);
    if (link) { link.wanted = false; later(); }
  });
  on("keydown", function (event) {
    var top = open[open.length - 1];
    if (!top || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") {
      close(top);
      event.preventDefault();
    } else if (event.key === "ArrowDown" && event.target === top.link) {
      /* Into the card; Escape leads back. */
      (top.querySelector("a[href]") || top.querySelector("button")).focus();
      event.preventDefault();
    }
  });

  /* When the page changes, a card follows its link. */
  on("regesta:change", function () {
    open.forEach(function (card) {
      if (card.link.isConnected) place(card);
      else if (!card.pinned) close(card);
    });
  });

  var press = 0;
  on("touchstart", function (event) {
    var link = linkOf(event);
    var address = link && regesta.previewAddress(link);
    if (!address) {
      if (!event.target.closest(".preview")) sweep(function (card) { return card.pinned; });
      return;
    }
    press = setTimeout(function () { press = -1; show(link, address); }, 450);
  }, { passive: true });
  ["touchend", "touchmove", "touchcancel"].forEach(function (name) {
    on(name, function (event) {
      if (press === -1 && event.cancelable && name === "touchend") event.preventDefault();
      clearTimeout(press);
      press = 0;
    }, { passive: false });
  });
  on("contextmenu", function (event) { if (press === -1) event.preventDefault(); });
})();
