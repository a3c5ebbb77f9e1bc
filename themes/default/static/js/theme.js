/* Light, dark, or as the system has it. Runs in head, so that the first paint is right;
   the switch is made here, so that without scripts nothing is dead. */
(function () {
  "use strict";
  var KEY = "regesta-theme", CHOICES = ["auto", "light", "dark"], root = document.documentElement;

  // Over file:// some browsers give pages a store and no cookies, some the reverse.
  function recall() {
    var found = null;
    try { found = localStorage.getItem(KEY); } catch (refused) { /* no store */ }
    if (!found) {
      try { found = (document.cookie.match(/(?:^|; )regesta-theme=(\w+)/) || [])[1]; } catch (refused) { /* no cookies */ }
    }
    return CHOICES.indexOf(found) > 0 ? found : "auto";
  }
  function remember(choice) {
    try { localStorage.setItem(KEY, choice); } catch (refused) { /* no store */ }
    try { document.cookie = KEY + "=" + choice + "; path=/; max-age=31536000; samesite=lax"; } catch (refused) { /* no cookies */ }
  }
  function apply(choice) {
    chosen = choice;
    if (choice === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", choice);
  }

  var chosen;
  apply(recall());

  function offer() {
    var head = document.querySelector(".site-head");
    if (head && !head.querySelector(".theme-switch")) head.insertBefore(made(), head.querySelector("nav"));
  }

  // As soon as the head has been read, so that it is painted with the switch and nothing moves.
  var watch = new MutationObserver(function () {
    if (!document.getElementById("main")) return;
    watch.disconnect();
    offer();
  });
  watch.observe(root, { childList: true, subtree: true });
  document.addEventListener("regesta:change", offer);

  function made() {
    var group = document.createElement("fieldset");
    group.className = "theme-switch";
    group.dataset.added = ""; // the live preview leaves it in place
    var legend = document.createElement("legend");
    legend.className = "visually-hidden";
    legend.textContent = "Colours";
    group.appendChild(legend);
    CHOICES.forEach(function (choice) {
      var label = document.createElement("label"), input = document.createElement("input"), word = document.createElement("span");
      input.type = "radio";
      input.name = "theme";
      input.value = choice;
      input.checked = choice === chosen;
      input.className = "visually-hidden";
      input.addEventListener("change", function () { apply(choice); remember(choice); });
      word.textContent = choice;
      label.appendChild(input);
      label.appendChild(word);
      group.appendChild(label);
    });
    return group;
  }

  // Another tab's choice is this one's too.
  window.addEventListener("storage", function (event) {
    if (event.key !== KEY) return;
    var choice = recall(), input = document.querySelector('.theme-switch input[value="' + choice + '"]');
    apply(choice);
    if (input) input.checked = true;
  });
})();
