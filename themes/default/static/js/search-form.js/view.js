/* What a question finds: how many, facets, rows, faults and the ways on. The dialog and
   the page for search both show one. */
(function () {
  "use strict";
  var seek = window.regesta.seek, make = seek.make;
  function many(count, one) {
    return count + " " + one + (count === 1 ? "" : "s");
  }
  function button(text, action) {
    var one = make("button", { type: "button" }, text);
    one.onclick = action;
    return one;
  }

  /* Shows within `place` what `form` asks for, `limit` rows at first. `changed` is told of
     what is asked and how: "typed", "chosen" or "read"; `foot` gives what ends the list,
     or stands for one before anything is asked. */
  seek.view = function (form, place, options) {
    var field = form.elements.q, asked = seek.read(""), most = options.limit, turn = 0, stop, rows = 0, saying;
    var count = make("p", { "class": "search-count", role: "status" }), fault = make("p", { "class": "search-fault", role: "alert" }), hint = make("p", { "class": "search-hint" });
    var list = make("ol", { "class": "cards search-hits" }), foot = make("div", { "class": "search-foot" });
    var facets = seek.facets(function (name, values) {
      asked.filters[name] = values;
      ask("chosen");
    });
    place.append(facets, make("div", { "class": "search-found" }, count, fault, hint, list, foot));

    /* Spoken when typing pauses, not at each letter. */
    function say(text) {
      clearTimeout(saying);
      saying = setTimeout(function () { if (count.textContent !== text) count.textContent = text; }, 200);
    }

    function tell(text) {
      fault.replaceChildren();
      if (text) fault.append(text + " ", button("Try again", function () {
        ask("read");
        field.focus();
      }));
    }

    /* Answers to what is no longer asked are dropped. */
    function answer(from, limit, then) {
      var own = (turn += 1);
      if (stop) stop.abort();
      stop = new AbortController();
      var options = { limit: limit, from: from, filters: asked.filters, signal: stop.signal };
      place.setAttribute("aria-busy", "true");
      seek.engine()
        .then(function (engine) { return own === turn ? engine.find(asked.q, options) : null; })
        .then(function (found) {
          if (own !== turn) return;
          place.removeAttribute("aria-busy");
          var missing = (found.faults || []).length;
          tell(missing ? many(missing, "part") + " of the index did not load, so works may be missing." : "");
          then(found);
        })
        .catch(function (reason) {
          if (own !== turn) return;
          place.removeAttribute("aria-busy");
          tell("The index did not load.");
          say("");
        });
    }

    function ask(how, then) {
      if (how !== "read") most = options.limit;
      options.changed(asked, how);
      if (asked.q.trim() || seek.narrowed(asked)) return answer(0, most, function (found) {
        show(found);
        if (then) then();
      });
      turn += 1;
      if (stop) stop.abort();
      place.removeAttribute("aria-busy");
      place.classList.remove("asked");
      tell("");
      say("");
      facets.update(null, asked.filters);
      [hint, list, foot].forEach(function (part) { part.replaceChildren(); });
      foot.append.apply(foot, options.foot(null));
    }

    function show(found) {
      place.classList.add("asked");
      var row = Array.from(list.children).findIndex(function (one) { return one.contains(document.activeElement); });
      list.replaceChildren.apply(list, found.results.map(seek.row));
      if (row >= 0) (list.querySelectorAll(".card-main > a")[row] || field).focus({ preventScroll: true });
      facets.update(found.facets, asked.filters);
      end(found);
      count.classList.toggle("none", !found.total);
      say(found.total ? many(found.total, "result") : "Nothing found" + (asked.q.trim() && " for “" + asked.q.trim() + "”") + ".");
      suggest(found.suggestion);
    }

    function suggest(words) {
      hint.replaceChildren();
      if (!words) return;
      var link = make("a", { href: seek.address + "?" + seek.written({ q: words, filters: asked.filters }) }, words);
      link.onclick = function (event) {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        field.value = asked.q = words;
        field.focus();
        ask("chosen");
      };
      hint.append("Did you mean ", link, "?");
    }

    function end(found) {
      rows = list.children.length;
      foot.replaceChildren();
      if (!found.total && seek.narrowed(asked)) foot.append(make("p", {}, button("Search without filters", function () {
        asked = { q: asked.q, filters: seek.read("").filters };
        field.focus();
        ask("chosen");
      })));
      foot.append.apply(foot, options.foot(found, asked, rows));
    }

    field.addEventListener("input", function (event) {
      asked.q = field.value;
      if (!event.isComposing) ask("typed");
    });
    field.addEventListener("compositionend", function () { ask("typed"); });
    document.addEventListener("regesta:change", function () { if (place.classList.contains("asked")) ask("read"); });

    seek.arrows(form, field, list);

    return {
      list: list,
      asked: function () { return asked; },
      rows: function () { return rows; },
      /* Asks for what an address says, with as many rows as there were. */
      read: function (given, shown, then) {
        asked = given;
        most = Math.max(shown || 0, options.limit);
        field.value = asked.q;
        ask("read", then);
      },
      more: function () {
        answer(rows, options.limit, function (found) {
          list.append.apply(list, found.results.map(seek.row));
          var first = list.children[rows];
          end(found);
          if (first) first.querySelector(".card-main > a").focus();
        });
      }
    };
  };
})();
