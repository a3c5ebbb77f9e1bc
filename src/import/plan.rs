//! What an import writes.
//!
//! In: the works of all files, and what the archive has ([`Shelf`]). Out: [`Plan`]: new
//! entries with their paths, what is to be added to `keywords.yaml`, and what is passed over.
//! Absent on purpose: the disk. Nothing here replaces anything: an id or a number that is
//! taken is not given again.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Write,
    sync::Arc,
};

use super::{Found, Reading};
use crate::{
    build::ParsedFiles,
    diagnostic::{Checked, Diagnostic},
    entry::{Citation, Kind, Parsed, Variable},
    parallel,
    site::{Collection, Site, Slug},
    source::{Asset, Source},
    starter::{Taken, Work},
    strict,
    vocabulary::{self, Keyword, Vocabulary},
};

/// The archive that works are put into.
pub struct Shelf<'a> {
    pub site: &'a Site,
    pub collection: &'a Collection,
    pub files: &'a ParsedFiles,
    /// `content/keywords.yaml`, where it is there.
    pub keywords: Option<&'a Arc<Source>>,
}

/// What becomes of a work that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    Skip,
    Keep,
}

/// What becomes of keywords that `keywords.yaml` does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewKeywords {
    /// They are shown, and stand in the entries as comments.
    Propose,
    /// They are put at its end.
    Add,
}

/// All that an import would write.
#[derive(Debug, Default)]
pub struct Plan {
    /// New files, by path under the site's root, in the order of their works.
    pub entries: Vec<Asset>,
    /// YAML of the keywords that `keywords.yaml` lacks; empty where it lacks none.
    pub proposed: String,
    /// How many these are.
    pub proposed_count: usize,
    /// What goes to the end of `keywords.yaml`, where they are to be added.
    pub addition: Option<String>,
    /// How many works were there already.
    pub known: usize,
    /// How many records make no entry.
    pub failed: usize,
}

/// # Errors
/// `untitled-record`, `front-matter-too-long`, `closed-keywords`, and those of
/// [`vocabulary::parse`]; the warnings `known-work` and `new-keywords`.
pub fn plan(readings: &[Reading], shelf: &Shelf<'_>, duplicates: Duplicates, new: NewKeywords) -> Checked<Plan> {
    let planned = planned(readings, shelf, duplicates, new);
    let closed = planned.diagnostics.iter().find(|fault| fault.code == "closed-keywords").cloned();
    let Some(closed) = closed else { return planned };
    // No entry may use what cannot be added.
    let mut planned = self::planned(readings, shelf, duplicates, NewKeywords::Propose);
    planned.diagnostics.push(closed);
    planned
}

fn planned(readings: &[Reading], shelf: &Shelf<'_>, duplicates: Duplicates, new: NewKeywords) -> Checked<Plan> {
    let mut told = Vec::new();
    let vocabulary = vocabulary::parse::<Keyword>(shelf.keywords).keep(&mut told);
    let count = readings.iter().map(|reading| reading.works.len()).sum();
    let mut plan = Plan { failed: readings.iter().map(|reading| reading.failed).sum(), ..Plan::default() };
    let mut taken = Taken::of(shelf.files, shelf.collection).with_room_for(count);
    let mut rivals = Rivals::of(shelf.files);
    let mut terms = Terms::of(&vocabulary);
    let mut works: Vec<(String, Work, (&Reading, &Found))> = Vec::new();
    for (reading, found) in readings.iter().flat_map(|reading| reading.works.iter().map(move |found| (reading, found)))
    {
        let place = || reading.script.place(found.at.clone());
        if duplicates == Duplicates::Skip
            && let Some((rival, by)) = rivals.find(&found.citation)
        {
            let title = &found.citation.title;
            let said = format!("`{title}` has the {by} of `{}`, which is there already", rival.path);
            let fault = Diagnostic::warning("known-work", place(), said).help(
                "it is not imported again; if it is another work, import it with `--keep-duplicates`".to_string(),
            );
            told.push(fault);
            plan.known += 1;
            continue;
        }
        let (keywords, remarks) = terms.sorted(found, new);
        let work = Work { citation: found.citation.clone(), id: found.id.clone(), keywords, remarks };
        let Some(name) = work.file_name(shelf.collection, &mut taken) else {
            let fault = Diagnostic::error("untitled-record", place(), "no id can be made of this title");
            told.push(fault.help("give the record a title or an author with a letter in it".to_string()));
            plan.failed += 1;
            continue;
        };
        let path = format!("content/{}/{name}", shelf.collection.id);
        rivals.add(&found.citation, &path);
        works.push((path, work, (reading, found)));
    }
    let texts: Vec<String> = parallel::map(&works, |(path, work, _)| {
        let name = path.rsplit('/').next().unwrap_or_default();
        let number = name.split_once('-').map(|(digits, _)| digits).filter(|_| shelf.collection.numbered);
        work.text(shelf.collection, number, shelf.site)
    });
    for ((path, _, (reading, found)), text) in works.into_iter().zip(texts) {
        if text.len() > strict::LARGEST_BLOCK {
            let said =
                format!("the front matter would have {} bytes; {} are allowed", text.len(), strict::LARGEST_BLOCK);
            let fault = Diagnostic::error("front-matter-too-long", reading.script.place(found.at.clone()), said);
            told.push(fault.help("shorten its abstract or its notes, and import it again".to_string()));
            plan.failed += 1;
            continue;
        }
        plan.entries.push(Asset { path: path.into(), bytes: text.into_bytes() });
    }
    terms.conclude(shelf.keywords, new, &mut plan, &mut told);
    Checked { value: plan, diagnostics: told }
}

/// Works that a new one may be the same as.
#[derive(Default)]
struct Rivals<'a> {
    works: Vec<Rival<'a>>,
    by_doi: HashMap<String, usize>,
    by_isbn: HashMap<String, usize>,
    by_title: HashMap<String, Vec<usize>>,
}

struct Rival<'a> {
    path: Cow<'a, str>,
    citation: Cow<'a, Citation>,
}

/// Of works with the same title, creator and year so many are looked at.
const LOOKED_AT: usize = 50;

impl<'a> Rivals<'a> {
    fn of(files: &'a ParsedFiles) -> Self {
        let mut rivals = Rivals::default();
        for (path, file) in files {
            if let Parsed::Entry(entry) = &file.value {
                rivals.push(Rival { path: Cow::Borrowed(path), citation: Cow::Borrowed(&entry.record.citation) });
            }
        }
        rivals
    }

    fn add(&mut self, citation: &Citation, path: &str) {
        self.push(Rival { path: Cow::Owned(path.to_string()), citation: Cow::Owned(citation.clone()) });
    }

    fn push(&mut self, rival: Rival<'a>) {
        let index = self.works.len();
        if let Some(doi) = doi(&rival.citation) {
            self.by_doi.entry(doi).or_insert(index);
        }
        for isbn in isbns(&rival.citation) {
            self.by_isbn.entry(isbn).or_insert(index);
        }
        if let Some(title) = title(&rival.citation) {
            self.by_title.entry(title).or_default().push(index);
        }
        self.works.push(rival);
    }

    /// The work that is the same, and what tells so.
    fn find(&self, citation: &Citation) -> Option<(&Rival<'a>, &'static str)> {
        let doi = doi(citation);
        if let Some(index) = doi.as_ref().and_then(|doi| self.by_doi.get(doi)) {
            return Some((&self.works[*index], "DOI"));
        }
        if let Some(index) = isbns(citation).iter().find_map(|isbn| self.by_isbn.get(isbn)) {
            return Some((&self.works[*index], "ISBN"));
        }
        let indices = self.by_title.get(&title(citation)?)?;
        let same = indices.iter().take(LOOKED_AT).find(|index| !differ(&self.works[**index].citation, citation));
        same.map(|index| (&self.works[*index], "title, creator and year"))
    }
}

fn doi(citation: &Citation) -> Option<String> {
    citation.doi().filter(|doi| !doi.is_empty()).map(str::to_lowercase)
}

/// Of works that are published by themselves: parts of a book have the number of the whole.
fn isbns(citation: &Citation) -> Vec<String> {
    let whole = matches!(
        citation.kind,
        Kind::Book | Kind::Classic | Kind::Collection | Kind::Pamphlet | Kind::Report | Kind::Thesis | Kind::Document
    );
    let text = citation.get(Variable::Isbn).filter(|_| whole).unwrap_or_default();
    text.split([',', ';', ' ']).filter_map(isbn).collect()
}

/// With 13 digits: ISO 2108, sections 4.2 and 4.4.
fn isbn(text: &str) -> Option<String> {
    let signs: String = text.chars().filter(|sign| sign.is_ascii_digit() || matches!(sign, 'x' | 'X')).collect();
    match signs.len() {
        13 => Some(signs),
        10 => {
            let body = format!("978{}", &signs[..9]);
            let sum: u32 = body
                .bytes()
                .zip([1, 3].into_iter().cycle())
                .map(|(digit, weight)| u32::from(digit - b'0') * weight)
                .sum();
            Some(format!("{body}{}", (10 - sum % 10) % 10))
        }
        _ => None,
    }
}

/// Title, first creator and year as letters and digits alone.
fn title(citation: &Citation) -> Option<String> {
    let title = Slug::from_words(&citation.title)?;
    let creator = citation.creators().first().and_then(|name| Slug::from_words(&name.short()));
    let year = citation.issued().map(crate::entry::Date::year).map(|year| year.to_string());
    let creator = creator.map(|creator| creator.to_string()).unwrap_or_default();
    Some(format!("{title}|{creator}|{}", year.unwrap_or_default()))
}

/// Whether two works of one title are told apart: by DOI, or by volume, number or pages.
fn differ(one: &Citation, other: &Citation) -> bool {
    let numbers =
        [Variable::Doi, Variable::Volume, Variable::Issue, Variable::Number, Variable::PartNumber, Variable::Page];
    numbers.into_iter().any(|variable| match (one.get(variable), other.get(variable)) {
        (Some(one), Some(other)) => {
            let letters = |text: &str| Slug::from_words(text).map(|slug| slug.to_string());
            letters(one) != letters(other)
        }
        _ => false,
    })
}

/// The words that entries are indexed by.
struct Terms {
    /// Ids by themselves, labels and aliases, lower case. `None` where every id is free.
    known: Option<HashMap<String, String>>,
    is_readable: bool,
    /// By id: the spellings, the first of which is the label.
    proposed: BTreeMap<String, Vec<String>>,
}

impl Terms {
    fn of(vocabulary: &Vocabulary<Keyword>) -> Self {
        let is_readable = vocabulary.is_readable();
        let known = vocabulary.terms.as_ref().map(|terms| {
            let mut known = HashMap::new();
            for (id, term) in terms {
                let names = std::iter::once(&term.label).chain(&term.aliases.0).chain(term.labels.values());
                for name in names {
                    known.insert(name.to_lowercase(), id.to_string());
                }
            }
            known.extend(terms.keys().map(|id| (id.to_string(), id.to_string())));
            known
        });
        let known = known.or_else(|| (!is_readable).then(HashMap::new));
        Terms { known, is_readable, proposed: BTreeMap::new() }
    }

    /// The ids that an entry gets, and what stands in it as comments.
    fn sorted(&mut self, found: &Found, new: NewKeywords) -> (Vec<String>, Vec<String>) {
        let mut ids: Vec<String> = Vec::new();
        let mut missing: Vec<String> = Vec::new();
        let mut remarks = Vec::new();
        for word in &found.keywords {
            let list = match self.term(word) {
                Some((id, true)) => Some((id, &mut ids)),
                Some((id, false)) => Some((id, if new == NewKeywords::Add { &mut ids } else { &mut missing })),
                None => None,
            };
            match list {
                Some((id, list)) if !list.contains(&id) => list.push(id),
                Some(_) => {}
                None => remarks.push(format!("keyword: {word}")),
            }
        }
        if !missing.is_empty() {
            remarks.push(format!("keywords that keywords.yaml lacks: [{}]", missing.join(", ")));
        }
        remarks.extend(found.private.iter().cloned());
        (ids, remarks)
    }

    /// The id that a word has, and whether entries may use it. `None` where no id can be made
    /// of it.
    fn term(&mut self, word: &str) -> Option<(String, bool)> {
        let slug = Slug::from_words(word).map(|slug| slug.to_string());
        let Some(known) = &self.known else { return Some((slug?, true)) };
        let id = known.get(&word.to_lowercase()).or_else(|| known.get(slug.as_ref()?));
        if let Some(id) = id {
            return Some((id.clone(), true));
        }
        let id = slug.filter(|_| self.is_readable)?;
        let spellings = self.proposed.entry(id.clone()).or_default();
        if !spellings.iter().any(|known| known.to_lowercase() == word.to_lowercase()) {
            spellings.push(word.to_string());
        }
        Some((id, false))
    }

    /// Says what keywords are new, and makes the file that has them.
    fn conclude(self, source: Option<&Arc<Source>>, new: NewKeywords, plan: &mut Plan, told: &mut Vec<Diagnostic>) {
        let Some(source) = source.filter(|_| !self.proposed.is_empty()) else { return };
        plan.proposed_count = self.proposed.len();
        plan.proposed = self.proposed.iter().map(|(id, spellings)| term(id, spellings)).collect();
        let end = source.text.len();
        match new {
            NewKeywords::Propose => {
                let said = match plan.proposed_count {
                    1 => "this file lacks a keyword of what was imported; it stands in the entry as a comment"
                        .to_string(),
                    count => format!(
                        "this file lacks {count} keywords of what was imported; they stand in the entries as comments"
                    ),
                };
                let help = "add those that you want, or import with `--add-keywords`";
                told.push(Diagnostic::warning("new-keywords", source.place(end..end), said).help(help.to_string()));
            }
            NewKeywords::Add => {
                plan.addition = addition(source, &plan.proposed, self.proposed.keys());
                if plan.addition.is_some() {
                    return;
                }
                let said = "nothing can be added at the end of this file";
                let help = "write each term on lines of its own, as `id:` and `  label: …` below it";
                told.push(Diagnostic::error("closed-keywords", source.place(end..end), said).help(help.to_string()));
            }
        }
    }
}

/// A term as it stands in `keywords.yaml`.
fn term(id: &str, spellings: &[String]) -> String {
    let written = |text: &str| {
        let plain = text.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, ' ' | '-'));
        let word = text.starts_with(|sign: char| sign.is_ascii_alphabetic())
            && !["null", "true", "false", "yes", "no", "on", "off"].contains(&text.to_lowercase().as_str());
        if plain && word { text.to_string() } else { crate::starter::quoted(text) }
    };
    let key = if id.starts_with(|sign: char| sign.is_ascii_alphabetic()) && id != "null" {
        id.to_string()
    } else {
        format!("\"{id}\"")
    };
    let mut text = format!("{key}:\n");
    if let Some((label, aliases)) = spellings.split_first() {
        let _ = writeln!(text, "  label: {}", written(label));
        if !aliases.is_empty() {
            let aliases: Vec<String> = aliases.iter().map(|alias| written(alias)).collect();
            let _ = writeln!(text, "  aliases: [{}]", aliases.join(", "));
        }
    }
    text
}

/// What puts further terms at the end of the file. `None` where they would not be read there.
fn addition<'t>(source: &Source, terms: &str, ids: impl Iterator<Item = &'t String>) -> Option<String> {
    let end = if source.text.contains("\r\n") { "\r\n" } else { "\n" };
    let first = if source.text.is_empty() || source.text.ends_with('\n') { "" } else { end };
    let addition = format!("{first}{}", terms.replace('\n', end));
    let whole = format!("{}{addition}", &*source.text);
    let read = vocabulary::parse::<Keyword>(Some(&Arc::new(Source::new(&*source.path, whole.into_bytes()))));
    let found: HashSet<String> = read.value.terms.iter().flat_map(BTreeMap::keys).map(ToString::to_string).collect();
    let sound = read.diagnostics.is_empty() && { ids }.all(|id| found.contains(id));
    sound.then_some(addition)
}
