"""Makes the workbooks that tests/spreadsheets.rs reads.

    pip install openpyxl xlwt odfpy msoffcrypto-tool
    python make.py

Everything in them is synthetic: example.com addresses, 555-01xx numbers,
social security numbers of ranges that are never issued. xlsb has no writer, so
its few records are written here by hand (MS-XLSB 2.1.4).
"""

import datetime
import pathlib
import struct
import zipfile

import msoffcrypto.format.ooxml as ooxml_crypto
import xlwt
from odf import dc, office, style, table, text
from odf.opendocument import OpenDocumentSpreadsheet
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName

HERE = pathlib.Path(__file__).parent
STAMP = datetime.datetime(2026, 1, 1)

HEADER = ["Name", "Born", "SSN", "ZIP", "Account", "Phone", "Active"]
ROWS = [
    ["Ann Example", datetime.date(1985, 3, 14), "987-65-4321", 2138, 4.1e15, "202-555-0101", True],
    ["Bob Example", datetime.date(1990, 12, 1), "987-65-4322", 10001, 4000056655665556, "202-555-0102", False],
    ["Cid Example", datetime.date(1979, 7, 30), "987-65-4323", 501, 12345678, "202-555-0103", True],
]


def xlsx():
    book = Workbook()
    sheet = book.active
    sheet.title = "Staff & Pay"
    sheet.append(["Staff list, internal"])
    sheet.append([])
    sheet.append(HEADER)
    for row in ROWS:
        sheet.append(row)
    sheet["C7"] = 123456
    sheet["C7"].number_format = r"000\-00\-0000"
    sheet["A7"] = "Dee Example"
    sheet["B5"].comment = Comment("Private number 202-555-0199", "Hr Person")
    sheet["A4"].hyperlink = "mailto:ann@example.com"
    sheet.column_dimensions["F"].hidden = True
    hidden = book.create_sheet("Payroll")
    hidden.append(["email", "salary"])
    hidden.append(["ann@example.com", 50000])
    hidden.append(["bob@example.com", 60000.5])
    hidden.sheet_state = "hidden"
    very = book.create_sheet("Keys")
    very["B2"] = "very hidden dee@example.com"
    very.sheet_state = "veryHidden"
    book.create_sheet("Empty")
    book.defined_names["Rate"] = DefinedName("Rate", attr_text='"rate@example.com"')
    book.properties.creator = "Erin Author"
    book.properties.created = book.properties.modified = STAMP
    book.custom_doc_props.append(StringProperty(name="MSIP_Label_0_Name", value="Confidential"))
    book.save(HERE / "staff.xlsx")

    sparse = Workbook()
    sparse.active["A1"] = "first@example.com"
    sparse.active["XFD1048576"] = "last@example.com"
    sparse.save(HERE / "sparse.xlsx")

    with open(HERE / "staff.xlsx", "rb") as plain, open(HERE / "encrypted.xlsx", "wb") as locked:
        ooxml_crypto.OOXMLFile(plain).encrypt("secret", locked)


def biff_note(row, column, number, author, note):
    """The records of a note (MS-XLS 2.4.181, 2.4.329, 2.4.179), which xlwt cannot write."""

    def biff(kind, body):
        return struct.pack("<HH", kind, len(body)) + body

    common = struct.pack("<HHHHH12x", 0x15, 0x12, 0x19, number, 0x4011)
    out = biff(0x5D, common + struct.pack("<HH", 0, 0))
    out += biff(0x1B6, struct.pack("<HH6xHH4x", 0x212, 0, len(note), 16))
    out += biff(0x3C, b"\1" + note.encode("utf-16-le"))
    out += biff(0x3C, struct.pack("<HH4xHH4x", 0, 0, len(note), 0))
    out += biff(0x1C, struct.pack("<HHHHHB", row, column, 0, number, len(author), 0) + author.encode("latin-1") + b"\0")
    return out


def xls():
    book = xlwt.Workbook()
    sheet = book.add_sheet("Staff")
    plain = sheet.get_biff_data
    note = biff_note(2, 1, 1, "Hr Person", "Private number 202-555-0199")
    # In front of the record that ends the sheet.
    sheet.get_biff_data = lambda: plain()[:-4] + note + plain()[-4:]
    dates = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for column, name in enumerate(HEADER):
        sheet.write(0, column, name)
    for row, values in enumerate(ROWS, 1):
        for column, value in enumerate(values):
            if isinstance(value, datetime.date):
                sheet.write(row, column, value, dates)
            else:
                sheet.write(row, column, value)
    hidden = book.add_sheet("Payroll")
    hidden.write(4, 1, "hidden ann@example.com")
    hidden.visibility = 1
    book.save(str(HERE / "staff.xls"))


def ods():
    document = OpenDocumentSpreadsheet()
    invisible = style.Style(name="hiddentable", family="table")
    invisible.addElement(style.TableProperties(display="false"))
    document.automaticstyles.addElement(invisible)
    sheet = table.Table(name="Staff")
    sheet.addElement(table.TableColumn(numbercolumnsrepeated=16384))

    def line(values):
        row = table.TableRow()
        for value in values:
            if isinstance(value, bool):
                cell = table.TableCell(valuetype="boolean", booleanvalue=str(value).lower())
                shown = str(value).upper()
            elif isinstance(value, datetime.date):
                cell = table.TableCell(valuetype="date", datevalue=value.isoformat())
                shown = value.strftime("%d.%m.%y")
            elif isinstance(value, (int, float)):
                cell = table.TableCell(valuetype="float", value=repr(value))
                shown = f"{value:05}" if value < 99999 else f"{value:.2G}"
            else:
                cell = table.TableCell(valuetype="string")
                shown = value
            cell.addElement(text.P(text=shown))
            row.addElement(cell)
        return row

    sheet.addElement(line(HEADER))
    rows = [line(values) for values in ROWS]
    note = office.Annotation()
    note.addElement(dc.Creator(text="Hr Person"))
    note.addElement(text.P(text="Private number 202-555-0199"))
    rows[1].childNodes[1].insertBefore(note, rows[1].childNodes[1].firstChild)
    for row in rows:
        sheet.addElement(row)
    filler = table.TableRow(numberrowsrepeated=1048570)
    filler.addElement(table.TableCell(numbercolumnsrepeated=16384))
    sheet.addElement(filler)
    document.spreadsheet.addElement(sheet)
    hidden = table.Table(name="Payroll", stylename=invisible)
    hidden.addElement(table.TableColumn())
    hidden.addElement(line(["hidden ann@example.com"]))
    document.spreadsheet.addElement(hidden)
    document.save(HERE / "staff.ods")


def record(kind, body=b""):
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = len(body), b""
    while True:
        size, low = size >> 7, size & 0x7F
        length += bytes([low | (0x80 if size else 0)])
        if not size:
            return head + length + body


def wide(value):
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def binary_sheet(rows):
    out = record(0x81) + record(0x94, struct.pack("<4I", 0, len(rows), 0, 8)) + record(0x91)
    for number, cells in rows:
        out += record(0x00, struct.pack("<IIHHBI", number, 0, 300, 0, 0, 0))
        for column, value in cells:
            place = struct.pack("<II", column, 0)
            if isinstance(value, str):
                out += record(0x06, place + wide(value))
            else:
                out += record(0x05, place + struct.pack("<d", value))
    return out + record(0x92) + record(0x82)


def xlsb():
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def links(*targets):
        items = "".join(
            f'<Relationship Id="rId{n}" Type="{types}/{kind}" Target="{target}"/>'
            for n, (kind, target) in enumerate(targets, 1)
        )
        return (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f"{items}</Relationships>"
        )

    sheets = [(0, "Staff"), (1, "Payroll")]
    book = record(0x83) + record(0x8F)
    for number, (state, name) in enumerate(sheets, 1):
        book += record(0x9C, struct.pack("<II", state, number) + wide(f"rId{number}") + wide(name))
    book += record(0x90) + record(0x84)
    staff = [(0, [(0, "Name"), (1, "SSN"), (2, "ZIP")])]
    staff += [(n, [(0, row[0]), (1, row[2]), (2, float(row[3]))]) for n, row in enumerate(ROWS, 1)]
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": links(("officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": links(
            ("worksheet", "worksheets/sheet1.bin"), ("worksheet", "worksheets/sheet2.bin")
        ),
        "xl/worksheets/sheet1.bin": binary_sheet(staff),
        "xl/worksheets/sheet2.bin": binary_sheet([(4, [(1, "hidden ann@example.com")])]),
        "xl/worksheets/_rels/sheet1.bin.rels": links(("comments", "../comments1.bin")),
        "xl/comments1.bin": record(0x27D, wide("Private number 202-555-0199")),
    }
    with zipfile.ZipFile(HERE / "staff.xlsb", "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    xlsx()
    xls()
    ods()
    xlsb()
