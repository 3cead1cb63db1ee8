# read_sheet.py: a CSV or an XLSX, as somebody else's library reads it, as JSON
import csv
import io
import json
import sys
import zipfile

data = sys.stdin.buffer.read()


def read_csv():
    text = data.decode('utf-8-sig', 'strict')
    return {'rows': list(csv.reader(io.StringIO(text, newline=''),
                                    strict=True))}


def cell(c):
    from openpyxl.utils.escape import unescape

    value = c.value
    if c.is_date:
        value = value.isoformat(sep=' ')
    elif isinstance(value, str):
        value = unescape(value)  # ST_Xstring: openpyxl leaves that to us
    return {'type': c.data_type, 'value': value, 'format': c.number_format,
            'link': c.hyperlink is not None, 'bold': bool(c.font.b)}


def read_xlsx():
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.active
    return {'rows': [[cell(c) for c in row] for row in sheet.iter_rows()],
            'sheets': book.sheetnames, 'frozen': sheet.freeze_panes,
            'filter': sheet.auto_filter.ref,
            'widths': [sheet.column_dimensions[c].width
                       for c in sorted(sheet.column_dimensions)],
            'parts': zipfile.ZipFile(io.BytesIO(data)).namelist()}


json.dump(read_csv() if sys.argv[1] == 'csv' else read_xlsx(), sys.stdout)
