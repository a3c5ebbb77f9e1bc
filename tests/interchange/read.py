"""Reads a data file with a library that is not Regesta's, and prints what it found as JSON.

    read.py bibtex|ris|rdf FILE [CONTEXT]

Of bibliographies a list of works: id, title, authors, year. Of RDF (Turtle, or JSON-LD by the
file's ending) the triples, each subject, predicate and object in the syntax of N-Triples.
CONTEXT is a JSON-LD context that is read in the place of one on the web. Nothing is fetched.
"""

import json
import sys


def bibtex(path):
    import bibtexparser
    from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts

    names = ("author", "editor", "translator")
    library = bibtexparser.parse_file(
        path,
        append_middleware=[SeparateCoAuthors(), SplitNameParts()],
    )
    assert not library.failed_blocks, library.failed_blocks
    decode = LatexDecodingMiddleware()._transform_python_value_string

    def text(value):
        # Braces that keep words together are no part of them.
        return decode(value)[0]

    def name(parts):
        last = text(" ".join(parts.von + parts.last))
        return ", ".join([last] + [text(" ".join(part)) for part in (parts.jr, parts.first) if part])

    for entry in library.entries:
        fields = {field.key: field.value for field in entry.fields}
        yield {
            "id": entry.key,
            "title": text(fields["title"]),
            "authors": [name(parts) for parts in fields.get("author", [])],
            "year": fields.get("date", fields.get("year", ""))[:4] or None,
        }


def ris(path):
    import rispy

    with open(path, encoding="utf-8") as file:
        for record in rispy.load(file):
            yield {
                "id": record["id"],
                "title": record["title"],
                "authors": record.get("authors", []),
                "year": record.get("year"),
            }


def rdf(path, context=None):
    import rdflib

    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".ttl"):
        graph = rdflib.Graph().parse(data=text, format="turtle")
    else:
        document = json.loads(text)
        if context:
            with open(context, encoding="utf-8") as file:
                own = json.load(file)["@context"]
            stated = document["@context"]
            document["@context"] = [own if isinstance(part, str) else part for part in stated]
        graph = rdflib.Graph().parse(data=json.dumps(document), format="json-ld")
    return sorted([part.n3() for part in triple] for triple in graph)


if __name__ == "__main__":
    form, *arguments = sys.argv[1:]
    found = {"bibtex": bibtex, "ris": ris, "rdf": rdf}[form](*arguments)
    json.dump(list(found), sys.stdout, ensure_ascii=False)
