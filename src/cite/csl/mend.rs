//! A style as it is for works of one shape: of one type, with the same variables and dates of
//! the same precision.
//!
//! What depends on the shape alone is settled before hayagriva sees the style. Half of the
//! time it takes is spent on conditions, each of which it looks at again for every group
//! around it. And some rules of CSL 1.0.2 it does not keep (0.10.1), so that a style has to
//! be such that it need not:
//!
//! - `cs:names` may have children without `cs:name` among them. hayagriva takes such a list of
//!   names for empty, and Vancouver would have no authors.
//! - A part that a date has not is not rendered, with its affixes. hayagriva renders the
//!   affixes, and writes `(1996,)`; it renders a season where the year alone is asked for.
//! - Names inside a condition of `cs:substitute` look like those that they stand for. hayagriva
//!   sees only those that are no condition's, and Chicago would have its editors otherwise.
//! - A variable that was substituted is not rendered again, but it is there. hayagriva's
//!   conditions do not find it, and ISO 690 would have no year behind an editor.

use std::{collections::HashSet, str::FromStr};

use hayagriva::citationberg::{
    Choose, ChooseBranch, ChooseMatch, CslMacro, Date, DatePart, DatePartName, DateParts, ElseBranch, IndependentStyle,
    LayoutRenderingElement as Element, Name, Names, NamesChild, Sort, TextTarget,
    json::{DateValue, Item, Value},
    taxonomy::{DateVariable, Kind, NumberOrPageVariable, NumberVariable, StandardVariable, Variable},
};

use crate::fingerprint::Fingerprint;

/// What is rendered of a style.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    Bibliography,
    /// In the place of a bibliography, where the style has none.
    Citation,
    /// In a sentence: between two marks, in the place of what the style puts around a citation.
    InText,
}

/// What stands around a citation in a text. They are no characters (The Unicode Standard,
/// "Noncharacters"), so that no text has them.
pub const BEGINS: char = '\u{fdd0}';
pub const ENDS: char = '\u{fdd1}';

/// What a style can know of a work without its values.
pub struct Shape<'a> {
    item: &'a Item,
    kind: Option<Kind>,
    scope: Scope,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Precision {
    Year,
    Season,
    Month,
    Day,
}

impl<'a> Shape<'a> {
    pub fn of(item: &'a Item, scope: Scope) -> Self {
        let kind = item.type_().and_then(|kind| Kind::from_str(&kind).ok());
        Shape { item, kind, scope }
    }

    /// Works of the same fingerprint have the same shape.
    pub fn fingerprint(&self) -> Fingerprint {
        let fields: Vec<(&str, Option<Precision>)> =
            self.item.0.iter().map(|(name, value)| (name.as_str(), precision(value))).collect();
        Fingerprint::of(&(self.scope, self.item.type_(), fields))
    }

    /// The style for works of this shape: without what they have no use for.
    pub fn apply(&self, style: &IndependentStyle) -> IndependentStyle {
        let mut style = style.clone();
        match (self.scope, &mut style.bibliography) {
            (Scope::Bibliography, Some(bibliography)) => {
                bibliography.sort = None;
                // Each work is a link of its own, so each names its author.
                bibliography.subsequent_author_substitute = None;
                style.citation.layout.elements = Vec::new();
                style.citation.sort = None;
            }
            _ => style.bibliography = None,
        }
        if self.scope == Scope::InText {
            style.citation.layout.prefix = Some(BEGINS.to_string());
            style.citation.layout.suffix = Some(ENDS.to_string());
            style.citation.sort = None;
            style.citation.collapse = None;
        }
        each_list(&mut style, &mut |elements| self.change(elements));
        prune(&mut style);
        style
    }

    fn change(&self, elements: &mut Vec<Element>) {
        for element in std::mem::take(elements) {
            match element {
                Element::Choose(choose) => elements.extend(self.settle(choose)),
                Element::Date(mut date) => {
                    if self.narrow(&mut date) {
                        elements.push(Element::Date(date));
                    }
                }
                Element::Names(mut names) => {
                    name_them(&mut names);
                    elements.push(Element::Names(names));
                }
                other => elements.push(other),
            }
        }
    }

    /// What stands for a condition: the elements of the branch that is taken, or what is still
    /// open. (Delimiters hold within conditions as they do around them: CSL 1.0.2, "Choose".)
    fn settle(&self, Choose { if_, else_if, otherwise }: Choose) -> Vec<Element> {
        let mut open = Vec::new();
        let mut last = None;
        for branch in std::iter::once(if_).chain(else_if) {
            match self.truth(&branch) {
                Some(false) => {}
                None => open.push(branch),
                Some(true) => {
                    last = Some(branch.children);
                    break;
                }
            }
        }
        let mut last = last.or(otherwise.map(|otherwise| otherwise.children)).unwrap_or_default();
        self.change(&mut last);
        if open.is_empty() {
            return last;
        }
        let if_ = open.remove(0);
        let otherwise = (!last.is_empty()).then_some(ElseBranch { children: last });
        vec![Element::Choose(Choose { if_, else_if: open, otherwise })]
    }

    /// `None` where it depends on more than the shape.
    fn truth(&self, branch: &ChooseBranch) -> Option<bool> {
        let mut tests: Vec<Option<bool>> = Vec::new();
        tests.extend(branch.disambiguate.map(|_| None));
        for variable in branch.is_numeric.iter().flatten() {
            tests.push(self.has(*variable).filter(|has| !has));
        }
        for variable in branch.is_uncertain_date.iter().flatten() {
            tests.push(self.has(Variable::Date(*variable)).filter(|has| !has));
        }
        // In a bibliography they are false: CSL 1.0.2, "Choose".
        let of_citations =
            branch.locator.iter().flatten().map(|_| ()).chain(branch.position.iter().flatten().map(|_| ()));
        tests.extend(of_citations.map(|()| (self.scope == Scope::Bibliography).then_some(false)));
        tests.extend(branch.type_.iter().flatten().map(|kind| Some(self.kind == Some(*kind))));
        tests.extend(branch.variable.iter().flatten().map(|variable| self.has(*variable)));
        let all = |wanted: bool| {
            if tests.contains(&Some(!wanted)) {
                Some(false)
            } else {
                tests.iter().all(|test| *test == Some(wanted)).then_some(true)
            }
        };
        match branch.match_ {
            ChooseMatch::All => all(true),
            ChooseMatch::Any => all(false).map(|none| !none),
            ChooseMatch::None => all(false),
        }
    }

    /// `None` where it depends on what is cited beside.
    fn has(&self, variable: Variable) -> Option<bool> {
        let has = |name: &str| self.item.0.contains_key(name);
        match variable {
            Variable::Number(
                NumberVariable::CitationNumber | NumberVariable::FirstReferenceNoteNumber | NumberVariable::Locator,
            )
            | Variable::Standard(StandardVariable::YearSuffix | StandardVariable::CitationLabel) => None,
            // It may be found in the pages, if they are numbers.
            Variable::Number(NumberVariable::PageFirst) if has("page") => None,
            variable => Some(has(&variable.to_string())),
        }
    }

    /// Takes from a date the parts that the work's has not. Whether anything is left.
    fn narrow(&self, date: &mut Date) -> bool {
        let value = date.variable.as_ref().map(DateVariable::to_string).and_then(|name| self.item.0.get(&name));
        let Some(precision) = value.and_then(precision) else { return true };
        let has = |name: DatePartName| match name {
            DatePartName::Year => true,
            DatePartName::Month => precision >= Precision::Season,
            DatePartName::Day => precision >= Precision::Day,
        };
        if !date.is_localized() {
            date.date_part.retain(|part| has(part.name));
            return !date.date_part.is_empty();
        }
        let parts = match (precision, date.parts.unwrap_or_default()) {
            (Precision::Year, _) | (_, DateParts::Year) => DateParts::Year,
            (Precision::Season | Precision::Month, _) | (_, DateParts::YearMonth) => DateParts::YearMonth,
            (Precision::Day, DateParts::YearMonthDay) => DateParts::YearMonthDay,
        };
        // Without a form that a language gives, no part is added that the style has not.
        if precision == Precision::Season && parts == DateParts::Year {
            let year: Option<DatePart> = serde_json::from_str(r#"{"@name": "year"}"#).ok();
            date.form = date.form.filter(|_| year.is_none());
            date.date_part = year.into_iter().collect();
        }
        date.parts = Some(parts);
        true
    }
}

/// Of a date.
fn precision(value: &Value) -> Option<Precision> {
    let Value::Date(DateValue::DateParts { date_parts, season, .. }) = value else { return None };
    Some(match (date_parts.0.first()?.0.len(), season) {
        (3.., _) => Precision::Day,
        (2, _) => Precision::Month,
        (_, Some(_)) => Precision::Season,
        _ => Precision::Year,
    })
}

/// A style that tells the order of works by `keys`, and renders nothing of them.
pub fn sorting(style: &IndependentStyle, keys: &Sort) -> IndependentStyle {
    let mut style = style.clone();
    if let Some(bibliography) = &mut style.bibliography {
        bibliography.sort = Some(keys.clone());
        bibliography.layout.elements = Vec::new();
        bibliography.subsequent_author_substitute = None;
    }
    each_list(&mut style, &mut |elements| {
        for element in elements {
            match element {
                Element::Names(names) => name_them(names),
                // A title in quotation marks would stand before all without.
                Element::Text(text) => text.quotes = false,
                _ => {}
            }
        }
    });
    style
}

/// Whether citations of a style say where in a work.
pub fn cites_locators(style: &IndependentStyle) -> bool {
    let mut cites = false;
    let mut style = style.clone();
    style.bibliography = None;
    prune(&mut style);
    each_list(&mut style, &mut |elements| {
        cites |= elements.iter().any(|element| match element {
            Element::Text(text) => match &text.target {
                TextTarget::Variable { var, .. } => *var == Variable::Number(NumberVariable::Locator),
                _ => false,
            },
            Element::Number(number) => number.variable == NumberOrPageVariable::Number(NumberVariable::Locator),
            _ => false,
        });
    });
    cites
}

fn name_them(names: &mut Names) {
    if !names.children.is_empty() && names.name().is_none() {
        names.children.insert(0, NamesChild::Name(Name::default()));
    }
}

/// Removes the macros that nothing calls.
fn prune(style: &mut IndependentStyle) {
    let mut called: HashSet<String> = HashSet::new();
    let mut new: Vec<String> = Vec::new();
    let layouts = style.bibliography.iter_mut().map(|bibliography| &mut bibliography.layout);
    for layout in std::iter::once(&mut style.citation.layout).chain(layouts) {
        each_list_below(&mut layout.elements, &mut |elements| new.extend(calls(elements)));
    }
    while let Some(name) = new.pop() {
        if let Some(CslMacro { children, .. }) = style.macros.iter_mut().find(|known| known.name == name)
            && called.insert(name)
        {
            each_list_below(children, &mut |elements| new.extend(calls(elements)));
        }
    }
    style.macros.retain(|known| called.contains(&known.name));
}

/// The macros that a list's own elements call.
fn calls(elements: &[Element]) -> impl Iterator<Item = String> + '_ {
    elements.iter().filter_map(|element| match element {
        Element::Text(text) => match &text.target {
            TextTarget::Macro { name } => Some(name.clone()),
            _ => None,
        },
        _ => None,
    })
}

/// Shows `change` every list of elements that the style has, the outer ones first.
fn each_list(style: &mut IndependentStyle, change: &mut impl FnMut(&mut Vec<Element>)) {
    let layouts = style.bibliography.iter_mut().map(|bibliography| &mut bibliography.layout);
    for layout in std::iter::once(&mut style.citation.layout).chain(layouts) {
        each_list_below(&mut layout.elements, change);
    }
    for definition in &mut style.macros {
        each_list_below(&mut definition.children, change);
    }
}

fn each_list_below(elements: &mut Vec<Element>, change: &mut impl FnMut(&mut Vec<Element>)) {
    change(elements);
    for element in elements {
        match element {
            Element::Group(group) => each_list_below(&mut group.children, change),
            Element::Choose(Choose { if_, else_if, otherwise }) => {
                for branch in std::iter::once(if_).chain(else_if) {
                    each_list_below(&mut branch.children, change);
                }
                if let Some(otherwise) = otherwise {
                    each_list_below(&mut otherwise.children, change);
                }
            }
            Element::Names(names) => {
                for child in &mut names.children {
                    if let NamesChild::Substitute(substitute) = child {
                        each_list_below(&mut substitute.children, change);
                    }
                }
            }
            Element::Text(_) | Element::Date(_) | Element::Number(_) | Element::Label(_) => {}
        }
    }
}
