/* Fetches a page of this site while its link is still being hovered. Over http only:
   from a folder, pages are there already. */
(function () {
  "use strict";
  if (!/^https?:$/.test(location.protocol) || (navigator.connection && navigator.connection.saveData)) return;
  var root = document.currentScript.src.split("static/js/")[0];
  var done = new Set([location.href.split("#")[0]]);
  document.addEventListener("pointerover", function (event) {
    var link = event.pointerType === "mouse" && event.target instanceof Element && event.target.closest("a[href]");
    if (!link) return;
    var address = new URL(link.getAttribute("href"), link.baseURI).href.split("#")[0];
    if (done.has(address) || !address.startsWith(root) || !/\.html$/.test(address)) return;
    done.add(address);
    var hint = document.createElement("link");
    hint.rel = "prefetch";
    hint.href = address;
    hint.dataset.added = "";
    document.head.append(hint);
  });
})();
