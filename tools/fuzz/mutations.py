"""Raw files gone wrong: sound ones, changed by chance at the places where readers slip."""

from __future__ import annotations

import csv
import re
import zipfile
from dataclasses import dataclass
from functools import partial
from io import BytesIO, StringIO
from random import Random

from strict import CHINESE_COLUMNS, COLUMNS

from cci_cli.formats import Encoding

PROVINCES = {
    "北京": ("北京", "北京市", "Beijing", "京", "110000"),
    "内蒙古": ("内蒙古", "内蒙古自治区", "Inner Mongolia", "蒙", "內蒙古", "150000"),
    "广东": ("广东", "广东省", "Guangdong", "粤", "440000"),
}
MODELS = {
    "NVIDIA H100 SXM": ("NVIDIA H100 SXM", "H100", "英伟达H100", "H100 80GB"),
    "Huawei Ascend 910B": ("Huawei Ascend 910B", "昇腾910B", "Ascend 910B"),
    "NVIDIA L40": ("NVIDIA L40", "L40"),
    'Quoted, "M"': ('Quoted, "M"',),
}
STATUSES = ("in_service", "在运", "运行中", "under_construction", "在建", "暂停", "retired", "退役")

#: What stands in surveys, and what nobody expects in one, column for column and for any of them.
WORDS = {
    "node_id": ("0700", "1E5", "NA", "null", "nan", "=1+1", "-", "n 1", "节点一", "𠮷", "1.0", "é"),
    "node_name": (
        "",
        " ",
        "甲，乙",
        'a "b" c',
        "a,b",
        "（一期）",
        "é",
        "\u3000名\u3000",
        "#N/A",
        "=",
    ),
    "province": ("香港", "北 京", "京 ", "Ｂeijing", "beijing", "-北京", "11", "北京\u200b", ""),
    "model": (
        "L4 0",
        "l40",
        "Ｈ100",
        "H1OO",
        "nvidia-h100-sxm",
        "NVIDIA\u00a0H100\u00a0SXM",
        "H¹00",
    ),
    "cards": (
        *(
            "0",
            "00",
            "-0",
            "+1",
            "1.0",
            "1e3",
            "1,234",
            "12,34",
            "1，234",
            "1,234，567",
            "８",
            "１２３",
        ),
        *(
            "9223372036854775807",
            "9223372036854775808",
            " 7 ",
            "\u30007",
            "0x10",
            "∞",
            "٣",
            "1_000",
        ),
        *("1,234,567,890,123,456,789", "", "7卡", "²", "0,123", "1 234", "99999999999999999999"),
    ),
    "status": ("In Service", "in-service", "IN_SERVICE", "停运", "已建成", "", "on", "运 行 中"),
    "in_service_since": (
        *("2024-05-07", "2024/5/7", "2024.5.7", "2024年5月7日", "２０２４-05-07", "2024-13-01"),
        *("2024-02-29", "2023-02-29", "5/7/2024", "45000", "20240507", "2024-5", "1989-12-31"),
        *(
            "2024-12-31",
            "2025-01-01",
            "2199-12-31",
            "2200-01-01",
            "2024-05-07 00:00:00",
            "2024/05-07",
        ),
    ),
}
SPECKS = (
    *(b'"', b'""', b",", b"\r", b"\n", b"\r\n", b"\t", b";", b"|", b"\0", b"\x1a", b"\x1b[31m"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\x80"),
    *(
        b"\xf4\x90\x80\x80",
        b"\x84\x31\x95\x33",
        b"\x81\x30",
        b"\xa1\xa1",
        b"\xe2\x80\xa8",
        b"\xc2\x85",
    ),
    *("\u200b".encode(), "\u202e".encode(), "\ufffd".encode(), "\u00a0".encode(), b"\x0b", b"\x0c"),
    *(b"PK\x03\x04", b"#", b"'", b"\\", b" ", b"=", b"0", b"9" * 20),
)
#: What stands in the place of a part of the XML of a workbook.
XML_WORDS = (
    *("", "0", "-1", "1e400", "99999999999", "1048577", "XFE1", "nan", "é", "]]>", "<f>1+1</f>"),
    *("&#0;", "&x;", "<!DOCTYPE x>", '"b"', '"e"', '"d"', '"inlineStr"', '"str"', '"A1"'),
)
CODECS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "gb18030", "gb18030", "utf-16", "utf-16-be")
NAMED_CODECS: dict[str, Encoding] = {
    **dict.fromkeys(("utf-8", "utf-8-sig"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf-16-be"), "utf-16"),
    "gb18030": "gb18030",
}
RARE_CODECS = ("utf-32", "big5", "latin-1", "utf-7", "cp437", "utf-16-le")


@dataclass(frozen=True)
class Case:
    """A raw file, and how it is handed over: in which chunks and batches."""

    content: bytes
    is_workbook: bool
    encoding: Encoding | None
    chunk_bytes: int
    batch_rows: int
    rows_in_doubt: int


def make_case(seed: str) -> Case:
    """The file that belongs to a seed, the same on every machine."""
    draw = Random(seed)  # noqa: S311 - chance, no secret
    rows = make_rows(draw)
    for _ in range(draw.choice((0, 0, 0, 0, 1, 1, 2, 5))):
        change_rows(draw, rows)
    codec = draw.choice(CODECS if draw.random() < 0.97 else RARE_CODECS)
    is_workbook = draw.random() < 0.05
    content = make_workbook(draw, rows) if is_workbook else make_text(draw, rows, codec)
    encoding = None if draw.random() < 0.85 else NAMED_CODECS.get(codec)
    if draw.random() < 0.02:
        encoding = draw.choice(list(NAMED_CODECS.values()))
    return Case(
        content,
        is_workbook,
        None if is_workbook and draw.random() < 0.9 else encoding,
        # of a long file no more pieces than of a large one
        chunk_bytes=max(
            draw.choice((1, 2, 3, 7, 16, 61, 256, 1 << 20, 1 << 20)), len(content) // 2_000
        ),
        batch_rows=draw.choice((1, 2, 3, 100_000)),
        rows_in_doubt=draw.choice((1, 2, 100_000)),
    )


def make_rows(draw: Random) -> list[list[str]]:
    """A sound survey, header and all, in the spellings that surveys have."""
    columns = [name for name in COLUMNS if name in ("node_id", "province", "model", "cards")]
    columns += draw.sample(("node_name", "status", "in_service_since"), draw.randint(0, 3))
    draw.shuffle(columns)
    is_canonical = draw.random() < 0.4
    names = dict(zip(COLUMNS, CHINESE_COLUMNS, strict=True))
    rows = [[name if is_canonical or draw.random() < 0.3 else names[name] for name in columns]]
    provinces = list(PROVINCES)
    for number in range(draw.choice((3, 3, 4, 6, 12, 40))):
        province = provinces[number % 3]
        for model in draw.sample(list(MODELS), draw.choice((1, 1, 1, 2))):
            values = {
                "node_id": f"n{number}" if draw.random() < 0.9 else f"节点{number:03}",
                "node_name": draw.choice(("", "甲中心", "a", 'b "c"', "d, e")),
                "province": province if is_canonical else draw.choice(PROVINCES[province]),
                "model": model if is_canonical else draw.choice(MODELS[model]),
                "cards": draw.choice(("0", "1", "8", "5520", str(draw.randrange(10**6)))),
                "status": "in_service" if is_canonical else draw.choice(STATUSES),
                "in_service_since": draw.choice(("", "2020-01-31", "2024-12-31")),
            }
            rows.append([values[name] for name in columns])
    return rows


def change_rows(draw: Random, rows: list[list[str]]) -> None:
    """Change one thing about the rows: a value, a width, an order."""
    row = draw.randrange(len(rows))
    place = draw.randrange(len(rows[row])) if rows[row] else 0
    match draw.randrange(12):
        case 0 | 1 | 2 | 3 if rows[row]:
            column = COLUMNS[draw.randrange(7)]
            if draw.random() < 0.8 and place < len(rows[0]):
                names = dict(zip(CHINESE_COLUMNS, COLUMNS, strict=True))
                column = names.get(rows[0][place], rows[0][place])
            rows[row][place] = draw.choice(WORDS.get(column, WORDS["node_id"]))
        case 4 if rows[row]:
            around = draw.choice((" ", "\u3000", "\t", "\u00a0", "\u200b", "\n", "'", '"'))
            rows[row][place] = draw.choice((around + rows[row][place], rows[row][place] + around))
        case 5 if rows[row]:
            del rows[row][place]
        case 6:
            rows[row].insert(place, draw.choice(("", "1", rows[row][place] if rows[row] else "")))
        case 7:
            rows.insert(draw.randrange(len(rows) + 1), list(rows[row]))
        case 8:
            del rows[row]
            if not rows:
                rows.append([])
        case 9:
            draw.shuffle(rows) if draw.random() < 0.2 else rows.append(rows.pop(row))
        case 10 if rows[row]:
            rows[row][place] *= draw.choice((2, 3, 200, 20_000))
        case _:
            rows[row] = [value + "\n" + value for value in rows[row]]


def make_text(draw: Random, rows: list[list[str]], codec: str) -> bytes:
    """Rows as bytes: with quotes, separators, line ends and specks of some kind."""
    separator = draw.choice((",",) * 40 + (";", "\t", "|"))
    if codec.startswith("utf-16"):
        separator = draw.choice(",\t")
    ends = draw.choice([["\n"], ["\r\n"], ["\n", "\r\n"]] * 9 + [["\r"], ["\n", "\n\n"]])
    lines = []
    for fields in rows:
        out = StringIO()
        write = partial(csv.writer, out, delimiter=separator, lineterminator="")
        writer = write(quoting=csv.QUOTE_ALL) if draw.random() < 0.3 else write()
        writer.writerow(fields)
        lines.append(out.getvalue() + draw.choice(ends))
    text = "".join(lines)
    if draw.random() < 0.2:
        text = text.rstrip("\r\n")
    if codec == "utf-16-be":
        text = "\ufeff" + text
    content = text.encode(codec, errors="replace")
    if draw.random() < 0.35:
        for _ in range(draw.choice((1, 1, 1, 2, 4, 30))):
            content = change_bytes(draw, content)
    return content


def change_bytes(draw: Random, content: bytes) -> bytes:
    """Change one place of a file, whatever stands there."""
    at = draw.randrange(len(content) + 1)
    if draw.random() < 0.5:
        # beside a separator, a quote or a line end
        marks = [found.start() for found in re.finditer(rb'[,"\r\n]', content)]
        at = draw.choice(marks or [at]) + draw.randrange(2)
    size = draw.choice((0, 1, 1, 2, 5, 40))
    rest = content[at:]
    match draw.randrange(8):
        case 0:
            rest = rest[size:]
        case 1:
            rest = b""
        case 2:
            rest = bytes([draw.randrange(256)]) + rest[1:]
        case 3:
            rest = rest[:size] + rest
        case 4:
            other = draw.randrange(len(content) + 1)
            rest = content[other : other + size] + rest
        case 5:
            bit = 1 << draw.randrange(8)
            rest = bytes(byte ^ bit for byte in rest[:1]) + rest[1:]
        case _:
            rest = draw.choice(SPECKS) + rest[draw.choice((0, 0, 1)) :]
    return content[:at] + rest


def make_workbook(draw: Random, rows: list[list[str]]) -> bytes:
    """Rows as a workbook as small as one can be, its XML or its bytes changed by chance."""
    shared: dict[str, int] = {}
    lines = []
    for number, fields in enumerate(rows, start=1):
        cells = ""
        for place, text in enumerate(fields):
            reference = f"{chr(ord('A') + place % 26)}{number}"
            if text.isdecimal() and text.isascii() and len(text) < 15 and draw.random() < 0.9:
                cells += f'<c r="{reference}"><v>{text}</v></c>'
            else:
                known = shared.setdefault(text, len(shared))
                cells += f'<c r="{reference}" t="s"><v>{known}</v></c>'
        lines.append(f'<row r="{number}">{cells}</row>')
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    texts = "".join(f'<si><t xml:space="preserve">{to_xml(text)}</t></si>' for text in shared)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kinds}.sharedStrings+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{office}"><sheets>'
        '<sheet name="nodes" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/sharedStrings.xml": f"<sst {main}>{texts}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{''.join(lines)}</sheetData>"
        "</worksheet>",
    }
    if draw.random() < 0.6:
        name = draw.choice(list(parts))
        parts[name] = change_xml(draw, parts[name])
    out = BytesIO()
    with zipfile.ZipFile(out, "w", draw.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as made:
        for name, xml in parts.items():
            # a fixed day: a workbook is a function of its seed
            info = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            made.writestr(info, xml.encode(errors="replace"))
    content = out.getvalue()
    return change_bytes(draw, content) if draw.random() < 0.3 else content


def change_xml(draw: Random, xml: str) -> str:
    """Change one tag, attribute, number or word of a part."""
    kind = draw.choice((r"<[^>]*>", r'"[^"]*"', r"[0-9]+", r"[^<>\"\s]+"))
    found = draw.choice(list(re.finditer(kind, xml)))
    new = draw.choice((*XML_WORDS, found[0] * 2))
    return xml[: found.start()] + new + xml[found.end() :]


def to_xml(text: str) -> str:
    """A text as XML can hold it."""
    plain = "".join(char for char in text if char >= " " or char in "\t\n")
    return plain.replace("&", "&amp;").replace("<", "&lt;")
