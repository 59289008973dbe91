//! Pictures for a cohort: drawn by code from a number, and marked as drawn. Nobody may take one for a photo.

use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

const WIDTH: u32 = 480;
const HEIGHT: u32 = 360;
const FLOOR: i64 = 236;
/// Two lines on a band at the foot, in the two languages.
const MARKS: [&str; 2] = ["GAMBAR REKAAN", "INVENTED DRAWING"];

const INK: Rgb<u8> = Rgb([38, 50, 56]);
const PAPER: Rgb<u8> = Rgb([255, 252, 240]);
const YELLOW: Rgb<u8> = Rgb([240, 190, 40]);
const WALLS: [Rgb<u8>; 4] =
    [Rgb([214, 226, 222]), Rgb([228, 222, 206]), Rgb([210, 220, 232]), Rgb([226, 214, 218])];
const BOXES: [Rgb<u8>; 6] = [
    Rgb([196, 142, 92]),
    Rgb([120, 152, 140]),
    Rgb([168, 108, 96]),
    Rgb([112, 130, 164]),
    Rgb([206, 176, 110]),
    Rgb([140, 120, 150]),
];

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scene {
    /// Things on the floor, or on shelves with labels.
    Place,
    /// A few crooked notes, or a board with columns.
    Board,
}

/// A PNG: the same number gives the same picture.
pub(super) fn draw(scene: Scene, after: bool, number: u64) -> Vec<u8> {
    let mut sheet = Sheet {
        drawn: RgbImage::from_pixel(WIDTH, HEIGHT, WALLS[(number % 4) as usize]),
        random: Pcg64Mcg::seed_from_u64(number * 4 + u64::from(after) * 2 + scene as u64),
    };
    sheet.fill(0, FLOOR, i64::from(WIDTH), i64::from(HEIGHT), Rgb([176, 172, 164]));
    match (scene, after) {
        (Scene::Place, false) => sheet.untidy(),
        (Scene::Place, true) => sheet.shelves(),
        (Scene::Board, false) => sheet.notes(),
        (Scene::Board, true) => sheet.board(),
    }
    sheet.mark();
    let mut bytes = Vec::new();
    let written = image::codecs::png::PngEncoder::new(&mut bytes).write_image(
        sheet.drawn.as_raw(),
        WIDTH,
        HEIGHT,
        ExtendedColorType::Rgb8,
    );
    // Writing into memory fails for no picture of these sides.
    if written.is_err() { Vec::new() } else { bytes }
}

struct Sheet {
    drawn: RgbImage,
    random: Pcg64Mcg,
}

impl Sheet {
    fn whole(&mut self, from: i64, to: i64) -> i64 {
        self.random.random_range(from..=to)
    }

    fn colour(&mut self) -> Rgb<u8> {
        BOXES[self.random.random_range(0..BOXES.len())]
    }

    fn dot(&mut self, x: i64, y: i64, colour: Rgb<u8>) {
        if let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y))
            && x < WIDTH
            && y < HEIGHT
        {
            self.drawn.put_pixel(x, y, colour);
        }
    }

    fn fill(&mut self, left: i64, top: i64, right: i64, bottom: i64, colour: Rgb<u8>) {
        for y in top..bottom {
            for x in left..right {
                self.dot(x, y, colour);
            }
        }
    }

    /// A box with a thick outline, so that everybody sees it was drawn.
    fn thing(&mut self, left: i64, top: i64, width: i64, height: i64, colour: Rgb<u8>) {
        self.fill(left - 3, top - 3, left + width + 3, top + height + 3, INK);
        self.fill(left, top, left + width, top + height, colour);
    }

    /// A crooked sheet: every line a little further to the side.
    fn leaning(&mut self, left: i64, top: i64, width: i64, height: i64, lean: i64, colour: Rgb<u8>) {
        for y in -3..height + 3 {
            let shift = y * lean / 10;
            let edge = y < 0 || y >= height;
            for x in -3..width + 3 {
                let inside = !edge && (0..width).contains(&x);
                self.dot(left + x + shift, top + y, if inside { colour } else { INK });
            }
        }
    }

    fn untidy(&mut self) {
        for _ in 0..15 {
            let (width, height) = (self.whole(30, 78), self.whole(22, 60));
            let (left, top) = (self.whole(10, 400), self.whole(150, 290 - height));
            let (lean, colour) = (self.whole(-4, 4), self.colour());
            self.leaning(left, top, width, height, lean, colour);
        }
        // A cable that somebody will stumble over.
        let (mut x, mut y) = (0, self.whole(270, 290));
        while x < i64::from(WIDTH) {
            self.fill(x, y - 2, x + 6, y + 2, INK);
            x += 5;
            y = (y + self.whole(-5, 5)).clamp(255, 300);
        }
    }

    fn shelves(&mut self) {
        for row in 0..3 {
            let top = 34 + row * 74;
            self.fill(28, top + 50, 452, top + 58, INK);
            let colour = self.colour();
            for place in 0..6 {
                let left = 40 + place * 69;
                self.thing(left, top + 8, 52, 39, colour);
                self.fill(left + 14, top + 20, left + 38, top + 32, PAPER);
            }
        }
        // A free way, with its edges on the floor.
        self.fill(0, 262, i64::from(WIDTH), 269, YELLOW);
        self.fill(0, 302, i64::from(WIDTH), 309, YELLOW);
    }

    fn notes(&mut self) {
        for _ in 0..5 {
            let (left, top) = (self.whole(40, 380), self.whole(30, 150));
            let lean = self.whole(-4, 4);
            self.leaning(left, top, self.drawn.width() as i64 / 9, 46, lean, PAPER);
        }
        for _ in 0..5 {
            let (width, height, colour) = (self.whole(40, 90), self.whole(14, 40), self.colour());
            let left = self.whole(10, 380);
            self.leaning(left, 285 - height, width, height, 1, colour);
        }
    }

    fn board(&mut self) {
        self.thing(44, 26, 392, 196, PAPER);
        for column in 1..4 {
            self.fill(44 + column * 98, 26, 47 + column * 98, 222, INK);
        }
        self.fill(44, 56, 436, 59, INK);
        for column in 0..4 {
            let colour = BOXES[usize::try_from(column).unwrap_or(0)];
            self.fill(56 + column * 98, 36, 130 + column * 98, 46, INK);
            for note in 0..self.whole(1, 3) {
                self.thing(60 + column * 98, 72 + note * 48, 66, 32, colour);
            }
        }
        self.thing(140, 262, 200, 34, Rgb([150, 120, 90]));
    }

    fn mark(&mut self) {
        self.fill(0, 314, i64::from(WIDTH), i64::from(HEIGHT), INK);
        for (line, words) in MARKS.into_iter().enumerate() {
            let width = words.len() as i64 * 18;
            let mut x = (i64::from(WIDTH) - width) / 2;
            let y = 319 + line as i64 * 21;
            for letter in words.chars() {
                self.letter(letter, x, y);
                x += 18;
            }
        }
    }

    /// Five by seven dots, each of them large.
    fn letter(&mut self, letter: char, x: i64, y: i64) {
        const DOT: i64 = 2;
        for (row, bits) in glyph(letter).into_iter().enumerate() {
            for column in 0..5 {
                if bits & (0b10000 >> column) != 0 {
                    let (left, top) = (x + column * (DOT + 1), y + row as i64 * (DOT + 1) - row as i64);
                    self.fill(left, top, left + DOT + 1, top + DOT, PAPER);
                }
            }
        }
    }
}

/// The letters of [`MARKS`].
fn glyph(letter: char) -> [u8; 7] {
    match letter {
        'A' => [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
        'B' => [0b11110, 0b10001, 0b10001, 0b11110, 0b10001, 0b10001, 0b11110],
        'D' => [0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b11110],
        'E' => [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111],
        'G' => [0b01110, 0b10001, 0b10000, 0b10111, 0b10001, 0b10001, 0b01110],
        'I' => [0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
        'K' => [0b10001, 0b10010, 0b10100, 0b11000, 0b10100, 0b10010, 0b10001],
        'M' => [0b10001, 0b11011, 0b10101, 0b10101, 0b10001, 0b10001, 0b10001],
        'N' => [0b10001, 0b11001, 0b10101, 0b10011, 0b10001, 0b10001, 0b10001],
        'R' => [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001],
        'T' => [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100],
        'V' => [0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01010, 0b00100],
        'W' => [0b10001, 0b10001, 0b10001, 0b10101, 0b10101, 0b11011, 0b10001],
        _ => [0; 7],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_the_mark_is_drawn_and_a_number_gives_one_picture() {
        assert!(MARKS.concat().chars().filter(|letter| *letter != ' ').all(|letter| glyph(letter) != [0; 7]));
        for scene in [Scene::Place, Scene::Board] {
            let [before, after] = [false, true].map(|after| draw(scene, after, 3));
            assert_ne!(before, after);
            assert_eq!(before, draw(scene, false, 3));
            assert!(before.len() < 20_000 && after.len() < 20_000, "{} {}", before.len(), after.len());
        }
    }
}
