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
        collections::BTreeMap,
        io, iter,
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

    /// Another one for each other way from pixels to bytes.
    const ENCODING: &str = "palette of 256, filter up";

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
            for part in [env!("CARGO_PKG_VERSION"), RENDERER, ENCODING] {
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

    /// With a palette where 256 colours will do, as they do for faces and tracks on one
    /// ground: a byte for each pixel instead of three. Else without the channel for
    /// transparency: the ground is opaque.
    fn encode(pixels: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
        let (rgba, _) = pixels.data().as_chunks::<4>();
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(io::Cursor::new(&mut png), pixels.width(), pixels.height());
        encoder.set_depth(png::BitDepth::Eight);
        // Larger than with the next better one, which takes as long as all else of a small site.
        encoder.set_compression(png::Compression::Fast);
        let bytes = if let Some(Paletted { colors, numbers }) = paletted(rgba) {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(colors.concat());
            encoder.set_filter(png::Filter::Up);
            numbers
        } else {
            encoder.set_color(png::ColorType::Rgb);
            // Pixel by pixel into what grows, that took a third of the time of a picture.
            let mut rgb = vec![0; 3 * rgba.len()];
            for (rgb, [red, green, blue, _]) in rgb.as_chunks_mut::<3>().0.iter_mut().zip(rgba) {
                *rgb = [*red, *green, *blue];
            }
            rgb
        };
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&bytes)?;
        writer.finish()?;
        Ok(png)
    }

    /// Pixels by the numbers of their colours.
    struct Paletted {
        /// In the order in which they are met, from the top left.
        colors: Vec<[u8; 3]>,
        numbers: Vec<u8>,
    }

    /// `None` where there are more colours than a palette has (PNG 11.2.2: 256).
    fn paletted(rgba: &[[u8; 4]]) -> Option<Paletted> {
        let mut colors = Vec::new();
        let mut numbers = Vec::with_capacity(rgba.len());
        let mut known: BTreeMap<[u8; 4], u8> = BTreeMap::new();
        // Most pixels are as the one before.
        for run in rgba.chunk_by(|one, next| one == next) {
            let pixel = run[0];
            let number = if let Some(number) = known.get(&pixel) {
                *number
            } else {
                let number = u8::try_from(colors.len()).ok()?;
                let [red, green, blue, _] = pixel;
                colors.push([red, green, blue]);
                known.insert(pixel, number);
                number
            };
            numbers.extend(iter::repeat_n(number, run.len()));
        }
        Some(Paletted { colors, numbers })
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
    use std::{collections::BTreeSet, io};

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

    /// How the file has its pixels, and the pixels as three bytes each.
    fn read(png: &[u8]) -> (png::ColorType, Vec<u8>) {
        let color_type = png::Decoder::new(io::Cursor::new(png)).read_info().unwrap().info().color_type;
        let mut decoder = png::Decoder::new(io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        (color_type, pixels)
    }

    #[test]
    fn few_colors_are_written_with_a_palette_and_many_without_one() {
        let picture = |shapes: &str| {
            let svg = format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630"><linearGradient id="g"><stop stop-color="rgb(0,0,0)"/><stop offset="1" stop-color="rgb(255,128,0)"/></linearGradient>{shapes}</svg>"#
            );
            read(&draw(&svg, SIZE, &Kept::default()).unwrap().png)
        };
        let (color_type, pixels) = picture(r##"<rect x="600" width="600" height="630" fill="#123456"/>"##);
        assert_eq!(color_type, png::ColorType::Indexed);
        let row = [[255, 255, 255].repeat(600), [0x12, 0x34, 0x56].repeat(600)].concat();
        assert!(pixels == row.repeat(630));

        let (color_type, pixels) = picture(r#"<rect width="1200" height="630" fill="url(#g)"/>"#);
        assert_eq!(color_type, png::ColorType::Rgb);
        let (colors, _) = pixels.as_chunks::<3>();
        assert_eq!(colors.iter().collect::<BTreeSet<_>>().len().min(257), 257);
        assert!(colors[..1200].is_sorted() && colors[..1200] == colors[629 * 1200..]);
    }

    #[test]
    fn the_renderer_is_the_one_in_the_lock_file() {
        let lock = include_str!("../../Cargo.lock");
        let at = lock.find("name = \"resvg\"\nversion = \"").unwrap();
        let version = lock[at..].split('"').nth(3).unwrap();
        assert_eq!(drawing::RENDERER, format!("resvg {version}"));
    }
}
