//! What can still be read of an item whose own reader gave up.
//!
//! The members of a damaged ZIP file that still inflate are read as text
//! without their markup. Of anything else the printable runs are read, with
//! their place in the file. That turns a broken workbook from a blind spot
//! into a degraded scan.

use std::io::{self, Read, Seek};

use super::blocks::BlockWriter;
use super::strings::Strings;
use super::{Flow, Limits, Out};

/// Most text that a salvage hands out: it is a last resort without a time limit.
const MOST_TEXT: u64 = 1 << 30;

/// Reads what can be read. Returns the bytes of text that were handed out.
pub fn salvage<R: Read + Seek>(item: &mut R, limits: &Limits, out: &mut dyn Out) -> u64 {
    // A second failure has nothing to add to the first one in the ledger.
    try_salvage(item, limits, out).unwrap_or(0)
}

fn try_salvage<R: Read + Seek>(
    item: &mut R,
    limits: &Limits,
    out: &mut dyn Out,
) -> io::Result<u64> {
    item.rewind()?;
    let mut magic = Vec::with_capacity(4);
    item.by_ref().take(4).read_to_end(&mut magic)?;
    item.rewind()?;
    #[cfg(feature = "office")]
    if magic == super::unzip::LOCAL_HEADER {
        return members(item, limits, out);
    }
    printable(
        &mut item.take(limits.item_bytes),
        MOST_TEXT.min(limits.expanded_bytes),
        out,
    )
}

/// The printable runs of a stream, with their offsets.
fn printable(stream: &mut impl Read, most: u64, out: &mut dyn Out) -> io::Result<u64> {
    let (mut strings, mut writer) = (Strings::default(), BlockWriter::new(None));
    let mut buffer = vec![0; 64 << 10];
    let mut flow = Flow::Continue;
    while flow == Flow::Continue && writer.len() < most {
        let read = match stream.read(&mut buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => 0,
        };
        if read == 0 {
            break;
        }
        flow = strings.scan(&buffer[..read], |run| write_run(&mut writer, run, out));
    }
    if flow == Flow::Continue {
        strings.finish(|run| write_run(&mut writer, run, out));
    }
    let bytes = writer.len();
    writer.finish(out);
    Ok(bytes)
}

fn write_run(writer: &mut BlockWriter, run: super::strings::Run<'_>, out: &mut dyn Out) -> Flow {
    let flow = writer.push_stored(run.text, run.offset, run.width, out);
    if flow == Flow::Continue && run.ends {
        writer.push(b"\n", out)
    } else {
        flow
    }
}

#[cfg(feature = "office")]
fn members<R: Read + Seek>(item: &mut R, limits: &Limits, out: &mut dyn Out) -> io::Result<u64> {
    use std::io::SeekFrom;

    use super::markup::Unmark;
    use super::unzip::Members;

    let size = item.seek(SeekFrom::End(0))?;
    let most = MOST_TEXT.min(limits.expanded_bytes);
    let mut handed_out = 0;
    // Everything that was inflated counts against the bounds, text or not.
    let mut inflated = 0_u64;
    let bound = limits
        .expanded_bytes
        .min((64 << 20_u64).max(size.saturating_mul(limits.ratio)));
    let mut members = Members::new(item);
    while let Some(mut member) = members.next()? {
        let is_text = member.is_text();
        if !is_text && !member.is_binary_part() {
            continue;
        }
        let (mut unmark, mut strings) = (Unmark::default(), Strings::default());
        let mut writer = BlockWriter::new(None);
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = member.read(&mut buffer).unwrap_or(0);
            inflated += read as u64;
            if read == 0 || inflated > bound || handed_out + writer.len() > most {
                break;
            }
            let piece = &buffer[..read];
            let flow = if is_text {
                unmark.feed(piece, |text| writer.push(text, out))
            } else {
                strings.scan(piece, |run| {
                    let flow = writer.push(run.text, out);
                    if flow == Flow::Continue && run.ends {
                        writer.push(b"\n", out)
                    } else {
                        flow
                    }
                })
            };
            if flow == Flow::Stop {
                return Ok(handed_out + writer.len());
            }
        }
        handed_out += writer.len();
        if writer.finish(out) == Flow::Stop || inflated > bound || handed_out > most {
            break;
        }
    }
    Ok(handed_out)
}
