"""Fills in a cell of a school's list in LibreOffice itself and saves it as .xlsx. Run by a Python that has LibreOffice's `uno`.

Arguments: file, folder for LibreOffice's profile, case number, answer.
"""

import subprocess
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

HEADING = 4  # row, from 0
PIPE = "xueji-test"


def setting(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def desktop():
    """LibreOffice's desktop, as soon as it listens."""
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    for _ in range(120):
        try:
            remote = resolver.resolve(f"uno:pipe,name={PIPE};urp;StarOffice.ComponentContext")
            return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
        except NoConnectException:
            time.sleep(0.5)
    raise SystemExit("LibreOffice does not answer")


def fill_in(sheet, case_no, answer):
    columns = {sheet.getCellByPosition(place, HEADING).String: place for place in range(30)}
    for row in range(HEADING + 1, 1000):
        if sheet.getCellByPosition(columns["案件编号"], row).String == case_no:
            sheet.getCellByPosition(columns["处理方式"], row).String = answer
            return
    raise SystemExit("no such case in the list")


file, profile, case_no, answer = sys.argv[1:]
office = subprocess.Popen(
    [
        "soffice",
        f"-env:UserInstallation=file://{profile}",
        "--headless",
        "--norestore",
        f"--accept=pipe,name={PIPE};urp;",
    ]
)
try:
    desk = desktop()
    address = Path(file).as_uri()
    document = desk.loadComponentFromURL(address, "_blank", 0, (setting("Hidden", True),))
    fill_in(document.Sheets.getByName("问题清单"), case_no, answer)
    document.storeToURL(address, (setting("FilterName", "Calc MS Excel 2007 XML"),))
    document.close(True)
finally:
    office.terminate()
