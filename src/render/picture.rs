//! A share picture or a cover: SVG that a template made, as PNG.
//!
//! Drawing one takes as long as making a small site, so what earlier builds drew is
//! kept: [`Kept`] maps what a picture was made from to the picture. It is read and
//! written by the two ends of the pipeline; here it is a plain value, and without it
//! the same bytes come out, later.

use std::{collections::BTreeMap, sync::Arc};

use crate::source::Asset;

/// Where kept pictures lie below the site's root; safe to delete.
pub const FOLDER: &str = ".regesta/pictures";

/// Hash of all that a picture is made from: SVG, faces, program. Hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(Arc<str>);

impl Key {
    /// The name of its file in [`FOLDER`].
    pub fn file_name(&self) -> String {
        format!("{}.png", self.0)
    }

    /// Whether a file in [`FOLDER`] is a kept picture or the draft of one.
    pub fn names(file_name: &str) -> bool {
        let name = file_name.strip_prefix('.').unwrap_or(file_name);
        name.split_once(".png").is_some_and(|(key, _)| key.len() == 64 && key.bytes().all(|b| b.is_ascii_hexdigit()))
    }
}

/// A picture, and what to find it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    pub key: Key,
    pub png: Vec<u8>,
}

/// Files of [`FOLDER`] by key, each a PNG and its [`seal`]; not yet looked at.
#[derive(Debug, Default)]
pub struct Kept(
    #[cfg_attr(not(feature = "pictures"), expect(dead_code, reason = "nothing is drawn"))] BTreeMap<Key, Vec<u8>>,
);

impl Kept {
    pub fn of(files: Vec<Asset>) -> Self {
        let key = |file: &Asset| file.path.strip_suffix(".png").map(|key| Key(key.into()));
        Kept(files.into_iter().filter_map(|file| Some((key(&file)?, file.bytes))).collect())
    }

    /// `None` where there is none, or where its file is spoilt.
    #[cfg(feature = "pictures")]
    fn png(&self, key: &Key) -> Option<&[u8]> {
        let file = self.0.get(key)?;
        let (png, seal) = file.split_at_checked(file.len().checked_sub(blake3::OUT_LEN)?)?;
        (*self::seal(key, png).as_bytes() == *seal).then_some(png)
    }
}

/// The bytes of a file in [`FOLDER`]. What follows a PNG's end is passed over by what
/// shows it, so the file can be looked at.
#[cfg(feature = "pictures")]
pub fn sealed(key: &Key, png: &[u8]) -> Vec<u8> {
    [png, seal(key, png).as_bytes()].concat()
}

/// Ties a picture to its name, so that neither a spoilt file nor one in another's
/// place is taken.
#[cfg(feature = "pictures")]
fn seal(key: &Key, png: &[u8]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(key.0.as_bytes());
    hasher.update(png);
    hasher.finalize()
}

#[cfg(feature = "pictures")]
pub use drawing::draw;

#[cfg(feature = "pictures")]
mod drawing {
    use std::{
        io,
        sync::{Arc, LazyLock},
    };

    use resvg::{
        tiny_skia::{Color, Pixmap, Transform},
        usvg::{
            ImageHrefResolver, Options, Tree,
            fontdb::{Database, Source},
        },
    };

    use super::{Drawn, Kept, Key};
    use crate::lettering;

    /// What turns SVG into pixels. A test holds it to the version in `Cargo.lock`.
    pub(super) const RENDERER: &str = "resvg 0.49.0";

    /// The picture that `svg` describes, `size` pixels wide and high; drawn where it is not kept.
    ///
    /// # Errors
    /// Why the text is not a share picture.
    pub fn draw(svg: &str, size: (u32, u32), kept: &Kept) -> Result<Drawn, String> {
        let key = key(svg);
        let png = match kept.png(&key) {
            Some(png) => png.to_vec(),
            None => rasterize(svg, size)?,
        };
        Ok(Drawn { key, png })
    }

    fn key(svg: &str) -> Key {
        /// Has read what all pictures are made with.
        static BEGUN: LazyLock<blake3::Hasher> = LazyLock::new(|| {
            let mut hasher = blake3::Hasher::new();
            for part in [env!("CARGO_PKG_VERSION"), RENDERER] {
                hasher.update(part.as_bytes()).update(&[0]);
            }
            for file in lettering::FILES {
                hasher.update(blake3::hash(file).as_bytes());
            }
            hasher
        });
        Key(BEGUN.clone().update(svg.as_bytes()).finalize().to_hex().as_str().into())
    }

    fn rasterize(svg: &str, (width, height): (u32, u32)) -> Result<Vec<u8>, String> {
        let tree = Tree::from_str(svg, &OPTIONS).map_err(|fault| fault.to_string())?;
        let size = tree.size().to_int_size();
        if (size.width(), size.height()) != (width, height) {
            return Err(format!("the picture is {} × {} pixels large", size.width(), size.height()));
        }
        let mut pixels = Pixmap::new(width, height).ok_or("there is no room for the picture")?;
        pixels.fill(Color::WHITE);
        resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
        encode(&pixels).map_err(|fault| fault.to_string())
    }

    /// Without the channel for transparency: the ground is opaque, and the file a
    /// quarter smaller.
    fn encode(pixels: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
        // Pixel by pixel into what grows, that took a third of the time of a picture.
        let (rgba, _) = pixels.data().as_chunks::<4>();
        let mut rgb = vec![0; 3 * rgba.len()];
        for (rgb, [red, green, blue, _]) in rgb.as_chunks_mut::<3>().0.iter_mut().zip(rgba) {
            *rgb = [*red, *green, *blue];
        }
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(io::Cursor::new(&mut png), pixels.width(), pixels.height());
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        // A third larger than with the next better one, which takes as long as all else of a small site.
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&rgb)?;
        writer.finish()?;
        Ok(png)
    }

    /// The program's own faces and no others, and no file that the SVG may name: what
    /// is drawn depends on the text alone.
    static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
        let mut faces = Database::new();
        for file in lettering::FILES {
            faces.load_font_source(Source::Binary(Arc::new(file)));
        }
        faces.set_serif_family(FAMILY);
        Options {
            font_family: FAMILY.to_string(),
            fontdb: Arc::new(faces),
            image_href_resolver: ImageHrefResolver {
                resolve_data: Box::new(|_, _, _| None),
                resolve_string: Box::new(|_, _| None),
            },
            ..Options::default()
        }
    });

    const FAMILY: &str = "EB Garamond";
}

/// Without the feature there are no faces, so no picture is planned.
#[cfg(not(feature = "pictures"))]
pub fn draw(_: &str, _: (u32, u32), _: &Kept) -> Result<Drawn, String> {
    Err("this program was built without pictures".to_string())
}

#[cfg(not(feature = "pictures"))]
pub fn sealed(_: &Key, png: &[u8]) -> Vec<u8> {
    png.to_vec()
}

#[cfg(all(test, feature = "pictures"))]
mod tests {
    use super::*;

    const SVG: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630"><text x="9" y="99" font-size="80">Ж</text></svg>"#;

    const SIZE: (u32, u32) = (1200, 630);

    #[test]
    fn a_kept_picture_is_taken_and_a_spoilt_one_is_not() {
        let drawn = draw(SVG, SIZE, &Kept::default()).unwrap();
        let kept = |bytes: Vec<u8>| Kept::of(vec![Asset { path: drawn.key.file_name().into(), bytes }]);
        // A picture that no drawing gives: what comes back was kept.
        let other = b"another picture".to_vec();
        let sound = kept(sealed(&drawn.key, &other));
        assert_eq!(draw(SVG, SIZE, &sound).unwrap().png, other);
        for spoilt in [Vec::new(), other.clone(), drawn.png.clone(), sealed(&Key("0".into()), &other)] {
            assert_eq!(draw(SVG, SIZE, &kept(spoilt)).unwrap(), drawn);
        }
    }

    #[test]
    fn no_file_is_read_and_no_other_size_drawn() {
        let with_image = SVG.replace("</svg>", r#"<image width="99" height="99" href="/etc/hostname.png"/></svg>"#);
        assert_eq!(
            draw(&with_image, SIZE, &Kept::default()).unwrap().png,
            draw(SVG, SIZE, &Kept::default()).unwrap().png
        );
        assert!(draw(&SVG.replace("630", "600"), SIZE, &Kept::default()).unwrap_err().contains("1200 × 600"));
        assert!(draw("<svg", SIZE, &Kept::default()).is_err());
    }

    #[test]
    fn the_renderer_is_the_one_in_the_lock_file() {
        let lock = include_str!("../../Cargo.lock");
        let at = lock.find("name = \"resvg\"\nversion = \"").unwrap();
        let version = lock[at..].split('"').nth(3).unwrap();
        assert_eq!(drawing::RENDERER, format!("resvg {version}"));
    }
}
