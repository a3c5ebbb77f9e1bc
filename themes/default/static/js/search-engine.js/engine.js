/* Search without a server: `regesta.search.open(root)`, then `regesta.search.find(query, options)`.
   The files of this folder are published as one script, in the order of their names. */
(function () {
  "use strict";
  var regesta = (window.regesta = window.regesta || {});
  var search = (regesta.search = regesta.search || {});
  var root;

  /* The index's first file, if it has not come yet. */
  search.open = function (rootUrl) {
    root = rootUrl;
    return search.manifest(root).then(function (index) { return { documents: index.documents, facets: index.facets }; });
  };

  /* Stops where a newer query has come: its answer is not waited for. */
  function check(signal) {
    if (signal && signal.aborted) throw new DOMException("a newer query has come", "AbortError");
  }

  function find(query, options, again) {
    var faults = [], asked = search.parse(query), signal = options.signal;
    var filtered = Object.keys(options.filters || {}).some(function (field) { return (options.filters[field] || []).length; });

    /* What is of another index ends the query; what is missing leaves the rest. */
    function careful(promise, instead) {
      return promise.catch(function (fault) {
        if (fault.old || !(fault instanceof Error)) throw fault;
        faults.push(fault.message);
        return instead;
      });
    }

    return search.manifest().then(function (index) {
      check(signal);
      if (asked.empty && !filtered) return answer(index, [], [], {}, null);
      function resolve(groups, how) {
        return Promise.all(groups.map(function (group) {
          return careful(search.resolve(index, group, how), { group: group, terms: [], matches: new Map(), optional: true, failed: true });
        }));
      }
      var needed = filtered || asked.years.length || Object.keys(asked.filters).length;
      var columns = needed || options.facets !== false ? careful(search.columns(), null) : Promise.resolve(null);
      var alone = asked.groups.length === 1 ? { all: true } : {};
      return Promise.all([resolve(asked.groups, alone), resolve(asked.not, { all: true }), resolve(asked.authors, { prefix: "@", all: true }), columns]).then(function (parts) {
        check(signal);
        var states = parts[0], not = parts[1], authors = parts[2], columns = parts[3];
        var wanted = columns ? search.wanted(columns, asked, options.filters) : {};
        function allowed(document) {
          return !not.some(function (state) { return state.matches.has(document) && state.matches.get(document).level === 0; }) &&
            authors.every(function (state) { return state.matches.has(document); });
        }
        var all = states.concat(authors), live = all.filter(function (state) { return !state.failed; });
        return search.ranking(index, live, allowed, resolve, asked).then(function (found) {
          check(signal);
          var list = found.ranked.list;
          var facets = columns && options.facets !== false ? search.counted(columns, wanted, list.map(function (one) { return one.document; })) : {};
          if (columns) list = list.filter(function (one) { return search.fits(columns, wanted, one.document); });
          return answer(index, found.states, list, facets, search.suggestion(asked, found.states));
        });
      });
    }).catch(function (fault) {
      if (!fault.old || again) throw fault;
      return search.manifest(undefined, true).then(function () { return find(query, options, true); });
    });

    function answer(index, states, list, facets, suggestion) {
      var from = options.from || 0, shown = list.slice(from, from + (options.limit || 10));
      return Promise.all(shown.map(function (one) {
        var file = search.lists.fileOfDocument(index, one.document);
        return careful(search.documents(index, file), null).then(function (documents) {
          return documents && search.shown(index, documents[one.document - index.starts[file]], states);
        });
      })).then(function (results) {
        check(signal);
        return { query: query, total: list.length, results: results.filter(Boolean), facets: facets, suggestion: suggestion, faults: Array.from(new Set(faults)) };
      });
    }
  }

  /* {query, total, results, facets, suggestion, faults}: `options` are limit, from, filters, signal, and facets: false. */
  search.find = function (query, options) { return search.open(root).then(function () { return find(query, options || {}); }); };
})();
