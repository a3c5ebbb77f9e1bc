/* A choice of styles: every citation of the page in the one that its reader chose last. */
(function () {
  "use strict";
  var KEY = "regesta-style";

  function remembered() {
    try { return localStorage.getItem(KEY); } catch (refused) { return null; }
  }

  function show(style) {
    document.querySelectorAll(".cited").forEach(function (cited) {
      var shown = cited.querySelector(".formatted");
      var wanted = Array.from(cited.querySelectorAll("[data-style] > dd")).find(function (one) {
        return one.parentElement.dataset.style === style;
      });
      // Not to be changed by what changes elsewhere.
      if (!wanted || shown.innerHTML === wanted.innerHTML) return;
      shown.innerHTML = wanted.innerHTML;
      shown.dataset.style = style;
    });
  }

  function offer() {
    var heading = document.getElementById("how-to-cite-heading");
    var styles = document.querySelectorAll("#cite-work [data-style] > dt");
    if (!heading || styles.length < 2) return;
    var before = document.querySelector(".style-choice select");
    if (before) return show(before.value);
    var label = document.createElement("label");
    label.className = "style-choice";
    label.dataset.added = "";
    label.textContent = "Style ";
    var select = document.createElement("select");
    styles.forEach(function (title) {
      select.add(new Option(title.textContent, title.parentElement.dataset.style));
    });
    label.append(select);
    heading.after(label);
    var style = remembered();
    if (style && Array.from(select.options).some(function (one) { return one.value === style; })) {
      select.value = style;
      show(style);
    }
    select.addEventListener("change", function () {
      show(select.value);
      try { localStorage.setItem(KEY, select.value); } catch (refused) { /* It is forgotten with the page. */ }
    });
  }
  offer();
  document.addEventListener("regesta:change", offer);
})();
