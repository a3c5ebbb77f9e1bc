/* Buttons that copy: citations, and the address of a heading. */
(function () {
  "use strict";
  var status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  status.dataset.added = "";
  document.body.append(status);

  /* The clipboard's own interface wants a secure context; an old command does not. */
  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    return new Promise(function (done, failed) {
      var area = document.createElement("textarea");
      area.value = text;
      area.className = "visually-hidden";
      document.body.append(area);
      area.select();
      var copied = document.execCommand("copy");
      area.remove();
      (copied ? done : failed)();
    });
  }

  function button(label, what, text) {
    var one = document.createElement("button");
    one.type = "button";
    one.className = "copy";
    one.dataset.added = "";
    one.textContent = label;
    one.setAttribute("aria-label", what);
    one.addEventListener("click", function () {
      copy(text()).then(
        function () { say(one, "Copied"); },
        function () { say(one, "Not copied"); }
      );
    });
    return one;
  }

  function say(one, word) {
    var before = one.dataset.label || one.textContent;
    one.dataset.label = before;
    one.textContent = word;
    status.textContent = word + ".";
    one.addEventListener("blur", function () { one.textContent = before; }, { once: true });
    one.addEventListener("pointerleave", function () { one.textContent = before; }, { once: true });
  }

  function offer() {
    document.querySelectorAll("figure.printed:has(blockquote) figcaption:not(:has(.copy))").forEach(function (caption) {
      var quote = function () { return caption.closest("figure").querySelector("blockquote").textContent.trim(); };
      caption.append(" ", button("Copy", "Copy the printed citation", quote));
    });
    document.querySelectorAll(".cited h3:not(:has(.copy))").forEach(function (heading) {
      var shown = function () { return heading.parentElement.querySelector(".formatted").textContent; };
      heading.append(" ", button("Copy", "Copy the citation of " + heading.textContent.toLowerCase(), shown));
    });
    document.querySelectorAll(".formats figcaption:not(:has(.copy))").forEach(function (caption) {
      var code = function () { return caption.parentElement.querySelector("code").textContent; };
      caption.append(" ", button("Copy", "Copy the " + caption.textContent, code));
    });
    document.querySelectorAll(".text :is(h2, h3, h4, h5, h6)[id]:not(:has(.copy))").forEach(function (heading) {
      var address = function () { return location.href.split("#")[0] + "#" + heading.id; };
      var one = button("§", "Copy the address of this section", address);
      one.classList.add("permalink");
      heading.append(" ", one);
    });
  }
  offer();
  document.addEventListener("regesta:change", offer);
})();
