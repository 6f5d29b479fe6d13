//! The members of a ZIP file without its directory, for files that are cut or
//! damaged.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::bufread::DeflateDecoder;

/// Starts every member (APPNOTE.TXT 4.3.7).
pub(crate) const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const HEADER_SIZE: usize = 30;

/// Walks from member to member. Where one ends in damage, goes on at the next
/// header that can be found.
pub(crate) struct Members<'r, R> {
    stream: BufReader<&'r mut R>,
    /// Where to look for the next header.
    next: u64,
}

/// A member; reading ends where its data ends or breaks.
pub(crate) struct Member<'m, 'r, R> {
    name: Vec<u8>,
    data: Data<'m, 'r, R>,
    next: &'m mut u64,
    start: u64,
}

enum Data<'m, 'r, R> {
    Stored(io::Take<&'m mut BufReader<&'r mut R>>, u64),
    Deflated(DeflateDecoder<&'m mut BufReader<&'r mut R>>),
}

impl<'r, R: Read + Seek> Members<'r, R> {
    pub(crate) fn new(stream: &'r mut R) -> Self {
        Members {
            stream: BufReader::with_capacity(64 << 10, stream),
            next: 0,
        }
    }

    /// The next member whose data can be read.
    pub(crate) fn next(&mut self) -> io::Result<Option<Member<'_, 'r, R>>> {
        loop {
            self.stream.seek(SeekFrom::Start(self.next))?;
            let Some(at) = self.find_header()? else {
                return Ok(None);
            };
            self.next = at + LOCAL_HEADER.len() as u64;
            let mut header = [0; HEADER_SIZE];
            if self.stream.read_exact(&mut header).is_err() {
                return Ok(None);
            }
            let [method, name_len, extra_len] =
                [8, 26, 28].map(|at| u16::from_le_bytes([header[at], header[at + 1]]));
            let flags = u16::from_le_bytes([header[6], header[7]]);
            let packed = u64::from(u32::from_le_bytes([
                header[18], header[19], header[20], header[21],
            ]));
            let mut name = vec![0; usize::from(name_len)];
            if self.stream.read_exact(&mut name).is_err() {
                return Ok(None);
            }
            let start = at + HEADER_SIZE as u64 + u64::from(name_len) + u64::from(extra_len);
            self.stream.seek(SeekFrom::Start(start))?;
            let encrypted = flags & 1 != 0;
            let data = match method {
                _ if encrypted => continue,
                0 => Data::Stored((&mut self.stream).take(packed), packed),
                8 => Data::Deflated(DeflateDecoder::new(&mut self.stream)),
                _ => continue,
            };
            return Ok(Some(Member {
                name,
                data,
                next: &mut self.next,
                start,
            }));
        }
    }

    /// Moves to the next header; `None` at the end.
    fn find_header(&mut self) -> io::Result<Option<u64>> {
        let finder = memchr::memmem::Finder::new(LOCAL_HEADER);
        let mut at = self.stream.stream_position()?;
        // The end of what was searched, for headers across an edge.
        let mut tail: Vec<u8> = Vec::new();
        loop {
            let buffer = self.stream.fill_buf()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let before = tail.len();
            tail.extend_from_slice(buffer);
            let read = buffer.len();
            if let Some(found) = finder.find(&tail) {
                let place = at + found as u64 - before as u64;
                self.stream.seek(SeekFrom::Start(place))?;
                return Ok(Some(place));
            }
            self.stream.consume(read);
            at += read as u64;
            tail.drain(..tail.len().saturating_sub(LOCAL_HEADER.len() - 1));
        }
    }
}

impl<R: Read + Seek> Member<'_, '_, R> {
    /// True for parts that hold text with or without markup.
    pub(crate) fn is_text(&self) -> bool {
        self.has_extension(&[
            b".xml", b".rels", b".txt", b".csv", b".html", b".htm", b".json", b".vml",
        ])
    }

    /// True for binary parts that hold text of a workbook.
    pub(crate) fn is_binary_part(&self) -> bool {
        self.has_extension(&[b".bin"])
    }

    fn has_extension(&self, extensions: &[&[u8]]) -> bool {
        let name = self.name.to_ascii_lowercase();
        extensions.iter().any(|extension| name.ends_with(extension))
    }
}

impl<R: Read + Seek> Read for Member<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.data {
            Data::Stored(data, packed) => {
                let read = data.read(buffer)?;
                *self.next = self.start + *packed - data.limit();
                Ok(read)
            }
            Data::Deflated(data) => {
                let read = data.read(buffer)?;
                *self.next = self.start + data.total_in();
                Ok(read)
            }
        }
    }
}
