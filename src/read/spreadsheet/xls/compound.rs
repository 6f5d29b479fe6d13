//! Streams of a compound file (MS-CFB): as much as it takes to reach one.

use std::io::{self, Read, Seek, SeekFrom};

/// Size of a directory entry (2.6).
const ENTRY: usize = 128;
/// Sector numbers from here on have another meaning (2.1).
const LAST_SECTOR: u32 = 0xFFFF_FFFA;
/// Sector numbers of the allocation table that the header holds itself (2.2).
const IN_HEADER: usize = 109;

/// The content of the first stream with one of the names. `None` when there is
/// none, when the file is too damaged to follow, and for streams below 4096
/// bytes, which are stored in another way and too short to be a workbook.
pub(super) fn stream<F: Read + Seek>(file: &mut F, names: &[&str]) -> io::Result<Option<Vec<u8>>> {
    let size = file.seek(SeekFrom::End(0))?;
    let mut header = [0; 512];
    file.rewind()?;
    file.read_exact(&mut header)?;
    let shift = short(&header, 30).filter(|shift| matches!(shift, 9 | 12));
    let Some(sector_size) = shift.map(|shift| 1_usize << shift) else {
        return Ok(None);
    };
    let mut sectors = Sectors {
        file,
        size: sector_size,
        count: size / sector_size as u64,
    };
    let table = sectors.table(&header)?;
    let Some(directory) = long(&header, 48) else {
        return Ok(None);
    };
    let directory = sectors.chain(directory, &table)?;
    for name in names {
        let wanted = super::utf16(&format!("{name}\0"));
        let Some(entry) = directory
            .chunks_exact(ENTRY)
            .find(|entry| entry.starts_with(&wanted))
        else {
            continue;
        };
        let (Some(start), Some(length)) = (long(entry, 116), long(entry, 120)) else {
            continue;
        };
        let smallest = long(&header, 56).unwrap_or(4096);
        if length >= smallest {
            let mut content = sectors.chain(start, &table)?;
            content.truncate(length as usize);
            return Ok(Some(content));
        }
    }
    Ok(None)
}

struct Sectors<'f, F> {
    file: &'f mut F,
    size: usize,
    /// How many fit into the file, the header counted.
    count: u64,
}

impl<F: Read + Seek> Sectors<'_, F> {
    /// The allocation table: for each sector the one that follows it.
    fn table(&mut self, header: &[u8]) -> io::Result<Vec<u32>> {
        let mut table = Vec::new();
        let mut numbers = (0..IN_HEADER)
            .filter_map(|n| long(header, 76 + 4 * n))
            .collect::<Vec<_>>();
        let mut next = long(header, 68).unwrap_or(u32::MAX);
        // Every list of further numbers takes a sector, which bounds the loop.
        for _ in 0..self.count {
            if next >= LAST_SECTOR {
                break;
            }
            let more = self.sector(next)?;
            let per_sector = self.size / 4;
            numbers.extend((0..per_sector - 1).filter_map(|n| long(&more, 4 * n)));
            next = long(&more, 4 * (per_sector - 1)).unwrap_or(u32::MAX);
        }
        for number in numbers.into_iter().filter(|number| *number < LAST_SECTOR) {
            if table.len() as u64 >= self.count {
                break;
            }
            let sector = self.sector(number)?;
            table.extend((0..self.size / 4).filter_map(|n| long(&sector, 4 * n)));
        }
        Ok(table)
    }

    /// All sectors from `start` on. A chain that runs in a circle ends when it
    /// is longer than the file.
    fn chain(&mut self, start: u32, table: &[u32]) -> io::Result<Vec<u8>> {
        let (mut content, mut next) = (Vec::new(), start);
        for _ in 0..self.count {
            if next >= LAST_SECTOR {
                break;
            }
            content.extend(self.sector(next)?);
            next = table.get(next as usize).copied().unwrap_or(u32::MAX);
        }
        Ok(content)
    }

    /// One sector; short at the end of the file.
    fn sector(&mut self, number: u32) -> io::Result<Vec<u8>> {
        let start = (u64::from(number) + 1) * self.size as u64;
        self.file.seek(SeekFrom::Start(start))?;
        let mut sector = Vec::with_capacity(self.size);
        self.file
            .by_ref()
            .take(self.size as u64)
            .read_to_end(&mut sector)?;
        Ok(sector)
    }
}

/// A little-endian number of two bytes.
pub(super) fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

/// A little-endian number of four bytes.
pub(super) fn long(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}
