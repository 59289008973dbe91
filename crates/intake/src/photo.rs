//! Photos from the field: what they show stays, what they tell besides is taken out.
//!
//! A phone writes place, time, owner and a thumbnail into every picture. [`clean`] copies the parts of
//! a JPEG or PNG file that draw it and leaves everything else behind, also what hides after the end of
//! the picture. Only the way up is kept. [`take`] shrinks besides what no page and no paper shows so large;
//! only then a picture is decoded, and never one of more pixels than memory is meant for.

mod shrink;

use domain::language::Text;

pub use shrink::SIDE_MAX;

/// Larger files are refused. With a script, a page shrinks photos before they are sent.
pub const PHOTO_BYTES_MAX: usize = 12 << 20;

/// A photo that tells nothing but what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanPhoto {
    /// `image/jpeg` or `image/png`.
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
    /// Width and height as the file tells them; a file that tells none draws nothing.
    size: Option<(u32, u32)>,
    /// The way up, 1 to 8.
    way_up: u8,
}

/// Why a photo cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    #[error("this is neither a JPEG nor a PNG file")]
    Kind,
    #[error("the photo is broken off or damaged")]
    Damaged,
    #[error("the photo is larger than 12 MB")]
    TooLarge,
    #[error("the photo has more than 64 million pixels")]
    TooManyPixels,
}

impl PhotoError {
    pub fn text(self) -> Text {
        match self {
            PhotoError::Kind => Text::new(
                "Ini bukan foto JPEG atau PNG. Pilih foto lain, atau simpan dahulu sebagai JPEG.",
                "This is neither a JPEG nor a PNG photo. Choose another, or save it as JPEG first.",
            ),
            PhotoError::Damaged => Text::new(
                "Foto ini rusak atau terpotong. Ambil atau kirim sekali lagi.",
                "This photo is damaged or broken off. Take or send it once more.",
            ),
            PhotoError::TooLarge => Text::new(
                "Foto ini lebih besar dari 12 MB. Kecilkan dahulu di ponsel.",
                "This photo is larger than 12 MB. Shrink it on the phone first.",
            ),
            PhotoError::TooManyPixels => Text::new(
                "Foto ini lebih dari 64 megapiksel. Pilih ukuran yang lebih kecil di kamera, lalu ambil lagi.",
                "This photo has more than 64 megapixels. Choose a smaller size in the camera and take it again.",
            ),
        }
    }
}

/// Takes out everything that does not draw the picture.
pub fn clean(bytes: &[u8]) -> Result<CleanPhoto, PhotoError> {
    if bytes.len() > PHOTO_BYTES_MAX {
        return Err(PhotoError::TooLarge);
    }
    let cleaned = if bytes.starts_with(&[0xFF, SOI]) {
        clean_jpeg(bytes)
    } else if bytes.starts_with(PNG) {
        clean_png(bytes)
    } else {
        return Err(PhotoError::Kind);
    };
    cleaned.ok_or(PhotoError::Damaged)
}

/// Cleans a photo and shrinks it to what pages and paper show, standing upright. Takes a good part of a
/// second for a large one.
pub fn take(bytes: &[u8]) -> Result<CleanPhoto, PhotoError> {
    let photo = clean(bytes)?;
    if shrink::is_small(&photo) { Ok(photo) } else { shrink::shrink(&photo) }
}

// Markers of ITU-T T.81.
const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
const APP14: u8 = 0xEE;
const APP15: u8 = 0xEF;
const COMMENT: u8 = 0xFE;

/// Segments up to the end of the image, without those that only tell.
fn clean_jpeg(bytes: &[u8]) -> Option<CleanPhoto> {
    let mut kept = vec![0xFF, SOI];
    let (mut size, mut up) = (None, 1);
    let mut at = 2;
    let mut seen_scan = false;
    loop {
        let marker = next_marker(bytes, &mut at)?;
        if marker == EOI {
            kept.extend([0xFF, EOI]);
            let photo = CleanPhoto { media_type: "image/jpeg", bytes: kept, size, way_up: up };
            return seen_scan.then_some(photo);
        }
        if marker == 0x01 || (0xD0..=0xD7).contains(&marker) {
            continue;
        }
        let length = usize::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
        let segment = bytes.get(at..at + length).filter(|_| length >= 2)?;
        at += length;
        // The profile of colours and Adobe's note on how they are coded belong to the drawing.
        let draws = marker == APP14 || (marker == APP2 && segment[2..].starts_with(b"ICC_PROFILE\0"));
        let tells = matches!(marker, APP1..=APP15 | COMMENT) && !draws;
        if marker == APP1
            && let Some(way_up) = orientation(&segment[2..])
        {
            kept.extend(way_up_segment(way_up));
            up = way_up;
        }
        // Frames: precision, height, width.
        if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
            let side =
                |at: usize| Some(u32::from(u16::from_be_bytes([*segment.get(at)?, *segment.get(at + 1)?])));
            size = side(5).zip(side(3));
        }
        if tells {
            continue;
        }
        kept.extend([0xFF, marker]);
        kept.extend_from_slice(segment);
        if marker == SOS {
            seen_scan = true;
            let end = end_of_scan(bytes, at)?;
            kept.extend_from_slice(&bytes[at..end]);
            at = end;
        }
    }
}

/// The marker that stands at `at`, after any filling.
fn next_marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    if *bytes.get(*at)? != 0xFF {
        return None;
    }
    while *bytes.get(*at)? == 0xFF {
        *at += 1;
    }
    let marker = *bytes.get(*at)?;
    *at += 1;
    Some(marker)
}

/// Where the next marker begins that is no restart and no stuffed byte.
fn end_of_scan(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        let found = bytes.get(at..)?.iter().position(|byte| *byte == 0xFF)? + at;
        match *bytes.get(found + 1)? {
            0x00 | 0xD0..=0xD7 => at = found + 2,
            0xFF => at = found + 1,
            _ => return Some(found),
        }
    }
}

/// The way up (1 to 8) that an EXIF segment tells.
fn orientation(segment: &[u8]) -> Option<u8> {
    let tiff = segment.strip_prefix(b"Exif\0\0")?;
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let pair = [*tiff.get(at)?, *tiff.get(at.checked_add(1)?)?];
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let four = tiff.get(4..8)?;
    let four = [four[0], four[1], four[2], four[3]];
    let first = if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) } as usize;
    for entry in 0..usize::from(u16_at(first)?) {
        let at = first.checked_add(2)?.checked_add(entry * 12)?;
        if u16_at(at)? == 0x0112 {
            let value = u16_at(at.checked_add(8)?)?;
            return u8::try_from(value).ok().filter(|value| (2..=8).contains(value));
        }
    }
    None
}

/// An EXIF segment that tells the way up and nothing else.
fn way_up_segment(value: u8) -> Vec<u8> {
    let mut body = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    body.push(value);
    body.extend([0, 0, 0, 0, 0, 0]);
    let length = (body.len() + 2) as u16;
    let mut segment = vec![0xFF, APP1];
    segment.extend(length.to_be_bytes());
    segment.extend(body);
    segment
}

const PNG: &[u8] = &[0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n'];

/// Chunks that draw; every other chunk is left behind, as is what follows the last.
fn clean_png(bytes: &[u8]) -> Option<CleanPhoto> {
    const DRAW: &[&[u8]] =
        &[b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"];
    let mut kept = PNG.to_vec();
    let mut size = None;
    let mut at = PNG.len();
    loop {
        let head = bytes.get(at..at.checked_add(8)?)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let end = at.checked_add(12)?.checked_add(length)?;
        let chunk = bytes.get(at..end)?;
        let kind = &head[4..8];
        if DRAW.contains(&kind) {
            kept.extend_from_slice(chunk);
        }
        if kind == b"IHDR" {
            let side = |at: usize| Some(u32::from_be_bytes(chunk.get(at..at + 4)?.try_into().ok()?));
            size = side(8).zip(side(12));
        }
        if kind == b"IEND" {
            return Some(CleanPhoto { media_type: "image/png", bytes: kept, size, way_up: 1 });
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const APP0: u8 = 0xE0;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let mut all = vec![0xFF, marker];
        all.extend(((body.len() + 2) as u16).to_be_bytes());
        all.extend(body);
        all
    }

    /// A phone's picture: EXIF with a place and the way up, a comment, a scan, and a second picture behind.
    fn from_a_phone() -> Vec<u8> {
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0".to_vec();
        exif.extend(b"\x0F\x01\x02\0\x04\0\0\0GPS!");
        exif.extend(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
        exif.extend(b"\0\0\0\0 -7.0051, 110.4381");
        let mut file = vec![0xFF, SOI];
        file.extend(segment(APP0, b"JFIF\0"));
        file.extend(segment(APP1, &exif));
        file.extend(segment(APP1, b"http://ns.adobe.com/xap/1.0/\0<owner>Siti</owner>"));
        file.extend(segment(COMMENT, b"Siti"));
        file.extend(segment(0xDB, &[0; 65]));
        file.extend(segment(SOS, &[1, 1, 0, 0, 63, 0]));
        file.extend([0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56]);
        file.extend(segment(0xC4, &[0xFF, EOI, 7]));
        file.extend(segment(SOS, &[1, 1, 0, 0, 63, 0]));
        file.extend([0x78, 0xFF, EOI]);
        file.extend(b"second picture of Siti");
        file
    }

    fn holds(bytes: &[u8], words: &[u8]) -> bool {
        bytes.windows(words.len()).any(|window| window == words)
    }

    #[test]
    fn place_owner_and_what_hides_behind_are_taken_out_and_the_way_up_stays() {
        let photo = clean(&from_a_phone()).unwrap();
        for words in [&b"GPS"[..], b"110.4381", b"Siti", b"second picture"] {
            assert!(!holds(&photo.bytes, words), "{}", String::from_utf8_lossy(words));
        }
        let exif = photo.bytes.windows(6).position(|window| window == b"Exif\0\0").unwrap();
        assert_eq!(orientation(&photo.bytes[exif..]), Some(6));
        assert!(photo.bytes.ends_with(&[0x78, 0xFF, EOI]));
        assert_eq!(clean(&photo.bytes).unwrap(), photo, "cleaning twice changes nothing");
    }

    #[test]
    fn a_picture_with_text_in_it_loses_the_text_alone() {
        let chunk = |kind: &[u8], body: &[u8]| {
            let mut all = (body.len() as u32).to_be_bytes().to_vec();
            all.extend(kind);
            all.extend(body);
            all.extend([0; 4]);
            all
        };
        let mut file = PNG.to_vec();
        file.extend(chunk(b"IHDR", &[0; 13]));
        file.extend(chunk(b"eXIf", b"-7.0051"));
        file.extend(chunk(b"iTXt", b"Siti"));
        file.extend(chunk(b"IDAT", b"drawn"));
        file.extend(chunk(b"IEND", b""));
        let photo = clean(&file).unwrap();
        assert_eq!(photo.media_type, "image/png");
        assert!(holds(&photo.bytes, b"drawn") && !holds(&photo.bytes, b"Siti"));
        assert!(!holds(&photo.bytes, b"-7.0051"));
    }

    #[test]
    fn what_is_no_photo_is_refused_with_words() {
        assert_eq!(clean(b"%PDF-1.7"), Err(PhotoError::Kind));
        assert_eq!(clean(&[0xFF, SOI, 0xFF, EOI]), Err(PhotoError::Damaged));
        let whole = from_a_phone();
        assert_eq!(clean(&whole[..60]), Err(PhotoError::Damaged));
        assert_eq!(clean(&vec![0; PHOTO_BYTES_MAX + 1]), Err(PhotoError::TooLarge));
    }

    proptest! {
        /// However a file is spoilt, it is refused or cleaned; nothing panics and nothing grows.
        #[test]
        fn a_spoilt_file_ends_well(at in 0usize..400, byte: u8, cut in 0usize..400) {
            let mut file = from_a_phone();
            let length = file.len();
            file[at % length] = byte;
            file.truncate(length - cut % length);
            if let Ok(photo) = clean(&file) {
                prop_assert!(photo.bytes.len() <= file.len() + 64);
            }
        }
    }
}
