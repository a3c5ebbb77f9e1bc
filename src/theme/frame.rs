//! What many pages have alike: the templates below `frame/`, each rendered once for all pages
//! that lie equally deep, and once more for each page that the navigation may mark.
//!
//! In: compiled templates and the site. Out: for a page's address the finished HTML of each,
//! by the name of its template. Absent on purpose: anything that only one page has.

use std::collections::{BTreeMap, HashMap};

use tera::{Context, Tera, Value};

use crate::page::{Permalink, SiteView};

/// Templates below it see `root` and `permalink`, and pages see what they make as `frame`.
pub const FOLDER: &str = "frame/";

pub struct Frames {
    /// By depth.
    alike: Vec<Value>,
    /// Of the pages that the navigation names, by their addresses.
    named: HashMap<String, Value>,
}

impl Frames {
    /// # Errors
    /// What is wrong with one of the templates.
    pub fn render(tera: &Tera, site: &SiteView) -> Result<Self, tera::Error> {
        let templates: Vec<&str> = tera.get_template_names().filter(|name| name.starts_with(FOLDER)).collect();
        let of = |root: &str, permalink: &str| -> Result<Value, tera::Error> {
            let mut context = Context::new();
            context.insert("root", root);
            context.insert("permalink", permalink);
            let mut frame: BTreeMap<&str, Value> = BTreeMap::new();
            for template in &templates {
                let name = template[FOLDER.len()..].split('.').next().unwrap_or_default();
                frame.insert(name, Value::safe_string(tera.render(template, &context)?.trim_end()));
            }
            Value::try_from_serializable(&frame)
        };
        let own = ["index.html", "search.html"].into_iter();
        let named = own.chain(site.navigation.iter().map(|item| item.address.as_str())).map(|address| {
            let permalink = Permalink::new(address);
            Ok((address.to_string(), of(permalink.root(), address)?))
        });
        Ok(Frames {
            named: named.collect::<Result<_, tera::Error>>()?,
            alike: Permalink::roots().iter().map(|root| of(root, "")).collect::<Result<_, tera::Error>>()?,
        })
    }

    pub fn of(&self, permalink: &Permalink) -> Value {
        self.named.get(permalink.as_str()).unwrap_or(&self.alike[permalink.depth()]).clone()
    }
}
