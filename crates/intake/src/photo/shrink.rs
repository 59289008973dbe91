//! Shrinking: what a phone takes is ten times what a page or a sheet of paper can show.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageFormat, ImageReader, Limits, RgbImage};

use super::{CleanPhoto, PhotoError};

/// The longest side that is kept, in pixels: enough for half a sheet of A4.
pub const SIDE_MAX: u32 = 1600;
/// Smaller files of that size stay as they are.
const BYTES_MAX: usize = 700 * 1024;
/// More pixels are not decoded: a small file may claim any number.
const PIXELS_MAX: u64 = 64_000_000;
/// Memory that decoding may take.
const MEMORY_MAX: u64 = 512 << 20;
/// How well a picture is kept, of 100.
const QUALITY: u8 = 82;

/// Is it as small as it would become? What tells no size draws nothing and stays as it is.
pub(super) fn is_small(photo: &CleanPhoto) -> bool {
    let fits = |(width, height): (u32, u32)| width.max(height) <= SIDE_MAX;
    photo.size.is_none_or(|size| fits(size) && photo.bytes.len() <= BYTES_MAX)
}

/// A JPEG with sides of at most [`SIDE_MAX`], turned upright, that tells nothing besides.
pub(super) fn shrink(photo: &CleanPhoto) -> Result<CleanPhoto, PhotoError> {
    let pixels = photo.size.map_or(0, |(width, height)| u64::from(width) * u64::from(height));
    if pixels > PIXELS_MAX {
        return Err(PhotoError::TooManyPixels);
    }
    let mut drawn = decode(photo).ok_or(PhotoError::Damaged)?;
    if drawn.width().max(drawn.height()) > SIDE_MAX {
        drawn = drawn.resize(SIDE_MAX, SIDE_MAX, FilterType::Triangle);
    }
    if let Some(orientation) = Orientation::from_exif(photo.way_up) {
        drawn.apply_orientation(orientation);
    }
    let drawn = on_white(&drawn);
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .encode_image(&drawn)
        .map_err(|_| PhotoError::Damaged)?;
    let size = Some(drawn.dimensions());
    Ok(CleanPhoto { media_type: "image/jpeg", bytes, size, way_up: 1 })
}

fn decode(photo: &CleanPhoto) -> Option<DynamicImage> {
    let format = if photo.media_type == "image/png" { ImageFormat::Png } else { ImageFormat::Jpeg };
    let mut reader = ImageReader::with_format(Cursor::new(&photo.bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    reader.decode().ok()
}

/// A JPEG has no clear parts: they become paper.
fn on_white(drawn: &DynamicImage) -> RgbImage {
    if !drawn.color().has_alpha() {
        return drawn.to_rgb8();
    }
    let clear = drawn.to_rgba8();
    RgbImage::from_fn(clear.width(), clear.height(), |x, y| {
        let [red, green, blue, alpha] = clear.get_pixel(x, y).0;
        let over = |part: u8| {
            let (part, alpha) = (u32::from(part), u32::from(alpha));
            u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([over(red), over(green), over(blue)])
    })
}

#[cfg(test)]
mod tests {
    use super::super::{clean, take, way_up_segment};
    use super::*;

    /// A picture whose upper left corner is dark.
    fn picture(width: u32, height: u32) -> DynamicImage {
        let drawn = RgbImage::from_fn(width, height, |x, y| {
            let dark = x < width / 4 && y < height / 4;
            image::Rgb(if dark { [10, 10, 10] } else { [200, 220, 210] })
        });
        DynamicImage::ImageRgb8(drawn)
    }

    fn jpeg(drawn: &DynamicImage) -> Vec<u8> {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 95).encode_image(drawn).unwrap();
        bytes
    }

    fn decoded(photo: &CleanPhoto) -> RgbImage {
        image::load_from_memory(&photo.bytes).unwrap().to_rgb8()
    }

    #[test]
    fn a_large_photo_is_shrunk_and_stands_upright() {
        // Held sideways: the phone says "turn right" (6).
        let mut file = jpeg(&picture(4000, 3000));
        file.splice(2..2, way_up_segment(6));
        let photo = take(&file).unwrap();
        let shown = decoded(&photo);
        assert_eq!(shown.dimensions(), (1200, 1600));
        assert!(shown.get_pixel(1190, 10).0[0] < 60, "the dark corner is turned to the right");
        assert!(shown.get_pixel(10, 10).0[0] > 150);
        assert!(photo.bytes.len() < file.len());
        assert!(!photo.bytes.windows(4).any(|window| window == b"Exif"));
        assert_eq!(take(&photo.bytes).unwrap().bytes, photo.bytes, "shrinking twice changes nothing");
    }

    #[test]
    fn a_small_photo_stays_as_it_was_taken() {
        let file = jpeg(&picture(800, 600));
        assert_eq!(take(&file).unwrap(), clean(&file).unwrap());
    }

    #[test]
    fn clear_parts_of_a_large_drawing_become_white() {
        let clear = image::RgbaImage::from_pixel(2000, 20, image::Rgba([0, 0, 0, 0]));
        let mut file = Cursor::new(Vec::new());
        DynamicImage::ImageRgba8(clear).write_to(&mut file, ImageFormat::Png).unwrap();
        let photo = take(file.get_ref()).unwrap();
        assert_eq!(photo.media_type, "image/jpeg");
        assert!(decoded(&photo).get_pixel(5, 5).0[0] > 250);
    }

    #[test]
    fn a_file_that_claims_too_much_or_breaks_off_is_refused() {
        let mut file = jpeg(&picture(3000, 2000));
        let frame = file.windows(2).position(|window| window == [0xFF, 0xC0]).unwrap();
        let spoilt = {
            let mut spoilt = file.clone();
            // Every table of the code is gone.
            for at in frame + 21..frame + 200 {
                spoilt[at] = 0;
            }
            spoilt
        };
        assert_eq!(take(&spoilt), Err(PhotoError::Damaged));
        file[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
        assert_eq!(take(&file), Err(PhotoError::TooManyPixels));
    }
}
