"""Every message a user can meet, by code, in one place. Imports nothing of the package."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Message(NamedTuple):
    """Text of one message; both parts are ``str.format`` templates."""

    text: str
    hint: str | None = None


#: What messages are about, by the first two characters of their code.
SUBJECTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "E1": "how the command was called",
        "E2": "the workspace and its config",
        "E3": "a file of nodes or a published table",
        "E4": "the indices, their releases, and texts about them",
        "E5": "the machine it runs on",
        "W3": "what deserves a second look",
        "N1": "a note under a table",
    }
)

ERRORS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        # wrong usage
        "E101": Message(
            "{value} is not a period",
            "write a half-year as 2025H1, or a date within it as 2025-06-30",
        ),
        "E102": Message("{value} is not a revision", "write 2025H1@r2, or 2025H1 for the newest"),
        "E103": Message(
            "cannot tell the format of {value} from its suffix",
            "use .csv, .json, .md, .txt, .xlsx or .parquet, or give --format",
        ),
        "E104": Message(
            "{value} is a binary format and would garble a terminal",
            "add --output FILE, or send the output to a file or a pipe",
        ),
        "E105": Message("{value} holds a workspace already", "choose another folder"),
        "E106": Message("{value} exists and is not an empty folder", "choose another folder"),
        "E107": Message(
            "{option} goes with a file, and {value} is a period",
            "leave {option} out: the snapshot knows its {known}",
        ),
        "E108": Message(
            "{value} is not valid UTF-8", "give the file or folder a name in UTF-8 and try again"
        ),
        "E109": Message(
            "SOURCE_DATE_EPOCH {value} is not a number of seconds since 1970",
            "unset it, or set it to a whole number such as 1766534400",
        ),
        "E110": Message(
            "nobody knows who publishes: this system has no login name", "give --by NAME"
        ),
        "E111": Message("a restatement needs a reason", 'say why: --restate "nodes found late"'),
        "E112": Message(
            "{value} is not a level",
            "give a number above 0, at most 9 digits and 6 decimals, such as 100 or 12.5",
        ),
        "E113": Message(
            "{value} is later than {last}",
            "write the earlier one first: --from {last} --to {first}",
        ),
        "E114": Message("`{option}` cannot be {value}", "give {choices}"),
        "E116": Message(
            "cci report takes either --to or --check",
            "--to DIR makes the bulletin, --check FILE holds a text against its figures",
        ),
        "E117": Message(
            "--{option} goes with --check alone: a bulletin is a folder of files",
            "leave it out, or give --check FILE instead of --to",
        ),
        "E118": Message(
            "{value} is the file that is read, and would be lost", "write to another file"
        ),
        "E119": Message(
            "{option} is followed by {value}, and by no value",
            "write {option} TEXT; a text that begins with a dash is written {option}=TEXT",
        ),
        "E115": Message(
            "{value} lies in the {store} of a workspace, where nothing else is put",
            "write to a place outside it",
        ),
        # workspace and config
        "E201": Message(
            "no workspace at or above {value}",
            "go to a folder below one, give --workspace DIR or set CCI_WORKSPACE; "
            "`cci init DIR` makes a new one",
        ),
        "E202": Message(
            "{value} is not a workspace: it has no config/cci.toml",
            "name the folder that holds config/ and snapshots/",
        ),
        "E203": Message("the config in {value} has {count}"),
        "E204": Message(
            "not valid TOML: {detail}",
            "a key, =, and a value on a line; text stands in quotes, lists in brackets",
        ),
        "E205": Message("unknown key {value}", "remove it: nothing would heed it"),
        "E206": Message("key is missing", "expected {expected}"),
        "E207": Message("{value} is not {expected}"),
        "E208": Message("header is {value}", "expected {expected}"),
        "E209": Message(
            "row has {value} fields, the header has {expected}",
            "write as many as the header has; a field with a comma in it stands in quotes",
        ),
        "E210": Message("{value} is given twice, first {first}", "keep one of the two"),
        "E211": Message(
            "{value} means both {first} and {second} once case, spaces, hyphens and width "
            "are folded",
            "an alias may stand for one entry only",
        ),
        "E212": Message(
            "{value} is not a province of provinces.csv",
            "write it as the column name has it, or add its row",
        ),
        "E213": Message("{count} indices are of kind national", "expected exactly one"),
        "E214": Message(
            "scope change from {value} is not after the base period {base}",
            "put the provinces into the index itself",
        ),
        "E215": Message(
            "two scope changes from {value} overlap", "merge them: one list per index and period"
        ),
        "E216": Message(
            "scope change from {value} changes nothing",
            "remove it: it would flag a break where there is none",
        ),
        "E217": Message(
            "fp16_tflops {value} differs from fp16_{basis}_tflops {expected}",
            "basis names the column that fp16_tflops is taken from",
        ),
        "E218": Message("{value} is empty", "expected at least one {expected}"),
        "E219": Message(
            "not valid CSV: {detail}",
            'put the whole field in quotes and double the ones inside: "a ""b"" c"',
        ),
        "E220": Message("bytes are not UTF-8 from byte {offset} on", "save the file as UTF-8"),
        "E221": Message("{value} has no square", "add a row with its column and its row"),
        # snapshot files
        "E301": Message(
            "no snapshot of {value} in this workspace",
            "stored: {known}",
        ),
        "E302": Message("snapshot `{period}` has no revision {value}", "it has {known}"),
        "E303": Message(
            "{value} is not what was stored ({what})",
            "restore the file: what is stored never changes, a correction is a new revision or "
            "release",
        ),
        "E304": Message("{value} is not a usable data package: {detail}", "restore the file"),
        "E305": Message("{value} has {count}"),
        "E306": Message(
            "{value} was changed after it was written: its seal does not hold",
            "restore the file: what is stored never changes",
        ),
        "E307": Message(
            "{value} does not belong there",
            "remove it: a store holds what its data packages list, and nothing else",
        ),
        "E308": Message(
            "{value} is missing, and {newest} is there",
            "restore it: what was stored once is evidence, also where a later one supersedes it",
        ),
        "E310": Message(
            "bytes are not {encoding} from byte {offset} on",
            "save the file as UTF-8",
        ),
        "E311": Message("file is empty", "expected a header line: {expected}"),
        "E312": Message("NUL byte in the text", "export the file again as CSV in UTF-8"),
        "E313": Message(
            "carriage return that does not belong to a line end",
            "end lines with LF or CR LF",
        ),
        "E309": Message("fields are separated by {separator}", "save the file with commas"),
        "E314": Message(
            "unknown column",
            "remove it, or name it as one of {expected}; the header must stand in line 1",
        ),
        "E315": Message(
            "column is missing", "expected columns: {expected}; the header must stand in line 1"
        ),
        "E316": Message("column stands twice in the header", "keep one of the two"),
        "E317": Message(
            "row has {count}, the header has {expected}",
            "write as many as the header has; a field with a comma in it stands in quotes",
        ),
        "E318": Message("blank line", "remove it"),
        "E319": Message(
            "quotes do not pair up, stand inside an unquoted field or enclose a very long text",
            'put the whole field in quotes and double the ones inside: "a ""b"" c"',
        ),
        "E320": Message("value is missing", "expected {expected}"),
        "E321": Message(
            "not printable as it stands: space around it, or an invisible character in it",
            "expected {expected}",
        ),
        "E322": Message("not a province of the config", "expected a name as in provinces.csv"),
        "E323": Message("not a model of the catalogue", "`cci cards TEXT` finds models"),
        "E324": Message(
            "not a number of cards",
            "write a whole number, 5520 or 5,520: no sign, decimal point, exponent, unit or "
            "leading zero, and no more than 9223372036854775807",
        ),
        "E325": Message("not a status", "expected {expected}"),
        "E326": Message(
            "not a date of service",
            "expected YYYY-MM-DD, from 1990 to 2199, or nothing where it is not known",
        ),
        "E327": Message(
            "in service only after {as_of}, the day of the snapshot",
            "is it the right period? what was put into service later was under_construction (在建) "
            "on that day",
        ),
        "E330": Message(
            "node and model stand on line {first} already",
            "one row per node and model: add the cards up",
        ),
        "E331": Message(
            "node lies in {first} on line {first_line}",
            "a node lies in one province: give the parts different node_ids",
        ),
        "E332": Message(
            "province {value} does not appear",
            "absent is not zero: a province without cards has a row with cards = 0",
        ),
        "E333": Message("file is in UTF-32", "save the file as UTF-8"),
        "E334": Message(
            "outside the sample: the indices cover the provinces of the config",
            "leave its rows out of the file",
        ),
        "E335": Message(
            "not the value itself but what a spreadsheet shows in its place",
            "take the value from the source, and format the column as text before it goes in",
        ),
        "E336": Message(
            "cell holds {kind}, not a text",
            "a spreadsheet turned it into {kind}: leading zeros may be lost; format the column as "
            "text and take the value from the source",
        ),
        "E337": Message(
            "number beyond 9007199254740992, where a spreadsheet no longer keeps every digit",
            "format the column as text and take the value from the source",
        ),
        "E338": Message(
            "several sheets hold something: {names}",
            "keep the sheet of nodes and remove the others, hidden ones too",
        ),
        "E339": Message(
            "not a workbook that can be read: {detail}",
            "open it in a spreadsheet and save it as .xlsx again, or as CSV in UTF-8",
        ),
        "E340": Message(
            "Excel file of the old kind (.xls), or one with a password",
            "open it in a spreadsheet and save it as .xlsx without a password, or as CSV in UTF-8",
        ),
        "E341": Message(
            "cell {cell} holds a formula whose value was never computed",
            "open the workbook in a spreadsheet and save it, or paste the values in place of the "
            "formulas",
        ),
        "E342": Message(
            "cell is blank below or beside the first of the merged cells {range}",
            "unmerge them and write into every row what it stands for",
        ),
        "E343": Message(
            "bytes are good UTF-8 and good GB18030: {utf_8} in the one, {gb18030} in the other",
            "say which it is: --encoding utf-8 or --encoding gb18030",
        ),
        "E344": Message(
            "damaged text: a character of it was lost and replaced",
            "take the value from the source: it was read in a wrong encoding once, and saved so",
        ),
        "E345": Message(
            "file is a workbook of Excel, and --encoding {encoding} is for text",
            "leave --encoding out: a workbook says itself how it is written",
        ),
        # published tables
        "E350": Message("not a column of a published table", "expected {expected}"),
        "E351": Message("not an index of the config", "expected a name as in indices.toml"),
        "E352": Message("index stands on line {first} already", "one row per index"),
        "E353": Message("not a level as printed", "expected {expected}"),
        "E354": Message("index {value} does not appear", "absent is not zero: add its row"),
        "E355": Message(
            "{release} has {released}",
            "the table and the release before it must agree; `--restate` corrects a release",
        ),
        "E357": Message(
            "regions add up to {parts}: more than rounding explains",
            "levels at the base are shares of the national one: look for a slip in the table",
        ),
        "E358": Message("no column is headed {expected}", "that day is the last of the period"),
        "E356": Message(
            "national level at the base is not {level}, as the config has it",
            "look for a slip in the table, or in methodology.base_level in config/cci.toml",
        ),
        # indices
        "E401": Message(
            "{period} lies before the base period {base}: there are no indices for it",
            "the levels begin with {base}",
        ),
        "E402": Message(
            "{period} is chained through every half-year, and there is no snapshot of {missing}",
            "the chain starts at {start}: `cci ingest FILE --period {first}` stores the first that "
            "is missing",
        ),
        "E403": Message(
            "no card is in service in the national index at the base period {period}",
            "look at the status and the cards of its snapshot: only in_service counts, and levels "
            "are shares of the national supply at the base",
        ),
        "E404": Message(
            "no supply in the national index in {period}: no other level can be set against it",
            "look at the status and the cards of its snapshot: only in_service counts",
        ),
        "E405": Message(
            "no model matches {value}", "try a part of its name; `cci cards` alone lists all"
        ),
        "E406": Message(
            "{value} is chained from {previous}, which is not released",
            "release {previous} first; levels known from print alone can be taken over with "
            "`cci publish {previous} --from-table FILE`",
        ),
        "E407": Message(
            "{value} has other figures for {count} of the indices ({codes})",
            "a release never changes: `cci publish {period} --restate REASON` makes the next one "
            "and keeps this one",
        ),
        "E408": Message(
            "{value} is on the base {released}, the config on {configured}",
            "levels on two bases cannot be chained: set the base in config/cci.toml back",
        ),
        "E409": Message(
            "{value} has no level of {index}, the national index of the config",
            "give the national index in config/indices.toml the code it was released with",
        ),
        "E410": Message(
            "{value} is not released: there is nothing to restate",
            "leave --restate out: this is its first release",
        ),
        "E411": Message(
            "{value} is not what {release} was made from: its hash differs",
            "restore it; if the config was edited while `cci publish` ran, run that again",
        ),
        "E412": Message("nothing is stored of {value}", "`cci status` shows what is stored"),
        "E417": Message(
            "{value} is not a bundle as cci exports it: {what}",
            "nothing was changed; move what cci did not export away, or export to another folder",
        ),
        "E418": Message(
            "no release stands behind the levels of {periods}",
            "`cci publish {first}` releases the first of them, and then the others; without "
            "--require-official they are exported as provisional",
        ),
        "E420": Message(
            "{value} rests on {replaced}, which has been restated since",
            "restate it too: `cci publish {period} --restate REASON`; a level and the one before "
            "it would not belong together",
        ),
        "E421": Message(
            "the config says otherwise than {value}: names, codes, digits or method",
            "undo the change of the config, or take it over: "
            "`cci publish {period} --restate REASON`",
        ),
        "E419": Message(
            "the levels end at {last}: there are none of {value}",
            "`cci status` shows what is stored",
        ),
        "E422": Message(
            "{value} was transcribed from print: of its figures, only the levels are known",
            "a bulletin needs the data behind them: store the snapshot, and publish from it",
        ),
        "E423": Message(
            "the fonts of the bulletin lack {value} ({points}), as in `{context}`",
            "write it otherwise in config/: it would be printed as an empty box",
        ),
        "E424": Message("{value} is not UTF-8 from byte {offset} on", "save the file as UTF-8"),
        "E413": Message(
            "no index has the code or name {value}",
            "the indices are {known}",
        ),
        "E414": Message(
            "{value} is missing, and {release} was made from it",
            "restore it: figures without it would not be those that it was kept for",
        ),
        "E415": Message(
            "no message has the code {value}",
            "a code stands in brackets at the end of a message, such as E324",
        ),
        "E416": Message(
            "cards times rates are too many digits for an exact comparison: beyond 128 bits",
            "look for a slip in the numbers of cards, or in fp16_tflops in config/cards.csv",
        ),
        # texts about a period
        "E430": Message("{value} is no figure of {area}: {found}"),
        "E431": Message("{value}: the data have no {quantity} of {area}"),
        "E432": Message("{value} is no figure of any area", "look whom the sentence speaks of"),
        "E433": Message("{value}: {area} has {expected}"),
        "E434": Message("{value}: the methodology has {expected}"),
        "E435": Message("there are no data of {value}", "there are data of {known}"),
        "E436": Message(
            "{value} does not hold for {area}: the {group} by {quantity}, {order}, are {figures}"
        ),
        "E437": Message("{value}: the words around it say the contrary, for {found}"),
        # environment
        "E501": Message(
            "cannot read {value}: {detail}", "look whether it is there and may be read"
        ),
        "E502": Message(
            "cannot write {value}: {detail}",
            "look whether there is room, and whether it may be written there; then run it again",
        ),
        "E503": Message(
            "the xlsx format needs the package {package}",
            "install it beside cci: python -m pip install {package}",
        ),
        "E504": Message(
            "{value} is not a regular file",
            "a file is read more than once: write what comes through a pipe to a file first",
        ),
        "E506": Message(
            "{holder} is writing to {value}", "try again when it has ended; nothing was changed"
        ),
        "E507": Message(
            "the file system of {value} cannot swap two folders in one step",
            "export to a folder on a local disk, and copy from there; readers would otherwise find "
            "half of the old and half of the new",
        ),
        "E508": Message(
            "the bulletin needs the package {package}",
            "install it beside cci: python -m pip install {package}",
        ),
    }
)

WARNINGS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "W311": Message(
            "{files}: not what was exported; somebody altered it since",
            "an export makes it anew; find out who changes files there",
        ),
        "W313": Message(
            "{release} rests on {replaced}, which has been restated since",
            "restate it too: a level and the one before it do not belong together",
        ),
        "W314": Message(
            "the figures of {period} were those of release {old}, and are {new} now",
            "look whether a release is gone from the workspace",
        ),
        "W312": Message(
            "{revision} is stored since {release} was made from {used}",
            "the released levels are exported; `cci diff {used} {revision}` shows what changed, "
            "`cci publish {period} --restate REASON` takes it over",
        ),
        "W315": Message(
            "no square for {provinces}: the bulletin has no tile grids",
            "give each province a column and a row in config/tiles.csv",
        ),
        "W301": Message(
            "supply of the province moves by {change} % against {previous}",
            "the limit is {limit} % (config: checks.province_change_pct)",
        ),
        "W302": Message(
            "province has cards in service, and had none in {previous}",
            "check whether {previous} missed it",
        ),
        "W303": Message(
            "model is new to the country: none in service in {previous}",
            "check that the model is not misnamed",
        ),
        "W304": Message(
            "cards in service at the node go from {old} to {new} against {previous}",
            "the limits are a factor of {factor} and {cards} cards "
            "(config: checks.node_change_factor, checks.node_change_min_cards)",
        ),
        "W305": Message(
            "province has no cards in service, and had some in {previous}",
            "check that nothing is missing",
        ),
        "W306": Message(
            "not compared with {previous}: {detail}", "`cci status` shows what is stored"
        ),
        "W307": Message(
            "{period} ends on {as_of}, after today",
            "a survey is of the last day of its half-year: check --period",
        ),
        "W308": Message(
            "{period} lies before the base period {base}: no index is computed for it",
            "check --period",
        ),
        "W309": Message(
            "regions add up to {parts}, the nation is {whole}: more than rounding explains",
            "look for a slip in the table, unless scopes have changed since the base",
        ),
        "W310": Message(
            "the stored snapshots do not give {count} of the levels ({codes})",
            "look for a slip in the table; `cci compute {period} --from-snapshots` shows them",
        ),
        "W330": Message(
            "{value} is not checked: the data do not speak of it, or it is not clear of what it is"
        ),
        "W331": Message("{value} is not checked: it is not clear of what, or among whom"),
        "W332": Message("{value} is not borne out: {found}"),
        "W333": Message(
            "{value} is not checked: a number in a way of writing that is not read",
            "write it in digits, as 28.35 %",
        ),
    }
)

NOTES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "N101": {
            "zh": "{period}：各区域指数点位相加为 {parts}，全国总指数为 {whole}，"
            "差异系各点位分别舍入所致，不作强制平衡。",
            "en": "{period}: the printed regional levels add up to {parts}, the national level is "
            "{whole}; each is rounded on its own and none is adjusted to fit.",
        },
        "N102": {
            "zh": "{period}：各区域指数点位相加为 {parts}，全国总指数为 {whole}；"
            "样本范围调整、重新起算、发布后修订或由公布表格转录之后，链式指数点位不再具有可加性。",
            "en": "{period}: the regional levels add up to {parts}, the national level is {whole}; "
            "chained levels do not add up after a change of scope, a reseeded index, a correction "
            "made after a release, or a release transcribed from print.",
        },
        "N103": {
            "zh": "{period}：各区域指数点位相加为 {parts}，全国总指数为 {whole}；"
            "区域指数与总指数的样本范围不一致：{provinces}。",
            "en": "{period}: the regional levels add up to {parts}, the national level is {whole}; "
            "the regions do not divide up the nation: {provinces}.",
        },
        "N104": {
            "zh": "{index}自{period}起样本范围由 {old} 调整为 {new}；"
            "增长率按调整后的范围两期同口径计算。",
            "en": "{index}: scope changed on {period} from {old} to {new}; growth compares both "
            "periods on the new scope.",
        },
        "N105": {
            "zh": "{index}在{period}之前一期的点位或供算量为零，无从链接，"
            "该期点位按全国总指数点位乘以供算量占比重新起算。",
            "en": "{index}: its level or its supply was zero in the period before {period}, and "
            "nothing can be chained from that; its level of then is seeded anew as national level "
            "× share.",
        },
        "N106": {
            "zh": "演示数据：{snapshots} 为依据已公布数字校准重构的虚拟节点，并非真实调查数据。",
            "en": "Demonstration data: {snapshots} hold invented nodes, calibrated to the "
            "published figures; they are not a real survey.",
        },
        "N107": {
            "zh": "试算：{release} 已发布的数字与本表在 {count} 个指数上不同（{codes}）；"
            "正式数字以发布为准。",
            "en": "Provisional: the figures released as {release} differ from this table for "
            "{count} of the indices ({codes}); the released ones stand.",
        },
        "N108": {
            "zh": "{release} 系由公布表格转录，仅有 {decimals} 位小数；"
            "由其链接的点位末位可能有差异。",
            "en": "{release} was transcribed from print with {decimals} decimals: the last digit "
            "of levels chained from it may be off.",
        },
        "N109": {
            "zh": "{release} 发布后 {changed} 有变，{period}的供算量随之修订，涉及 {count} 个指数"
            "（{codes}）；其点位保持发布值，增长率按修订后数据两期同口径计算。",
            "en": "{changed} changed after {release}, and with it the supply of {period} of "
            "{count} of the indices ({codes}); the released levels are kept, growth compares both "
            "periods on the revised data.",
        },
        "N110": {
            "zh": "{index}不在 {release} 中，其该期点位按全国总指数点位乘以供算量占比起算。",
            "en": "{index}: is not in {release}; its level there is seeded as national level × "
            "share.",
        },
        "N111": {
            "zh": "{release} 由 {replaced} 链接而来，后者已重述；{release} 尚未随之重述。",
            "en": "{release} was chained from {replaced}, which has been restated; {release} has "
            "not been restated with it.",
        },
        "N113": {
            "zh": "倒序比较：由 {old} 回溯至 {new}，各项变动均取相反数；"
            "原因仍按时间先后命名，如新建节点此处记为负值。",
            "en": "Compared backwards, from {old} to {new}: every change has the other sign, and "
            "the causes are named as they happened in time, so that a new node counts as less.",
        },
        "N114": {
            "zh": "{periods}：配置中的小数位数或舍入方式在发布后有变，此处数字与发布时不同，"
            "正式数字以发布为准。",
            "en": "{periods}: the decimals or the rounding of the config changed after the "
            "release, and its levels print otherwise here; the released digits stand.",
        },
        "N115": {
            "zh": "非官方基期：本表以 {period} = {level} 重新定基；"
            "官方基期为 {base} = {base_level}。",
            "en": "Not the official base: {period} = {level} here; levels are published on "
            "{base} = {base_level}.",
        },
        "N116": {
            "zh": "各指数分别定基：各指数之间的绝对点位不再可比，仅增长可比。",
            "en": "Every index is put on the base by itself: absolute points can no longer be "
            "compared across indices, growth alone can.",
        },
        "N117": {
            "zh": "{indices}在 {period} 无点位或点位为零，不能以其定基。",
            "en": "{indices}: no level or a level of zero in {period}, and no base to be put on.",
        },
        "N118": {
            "zh": "{period}的点位为试算值：其变动将使本表全部点位随之改变。",
            "en": "The levels of {period} are provisional: when they change, so does every level "
            "here.",
        },
        "N119": {
            "zh": "样本范围为全国 {count} 个省、自治区、直辖市，数据不包括香港特别行政区、"
            "澳门特别行政区和台湾地区。",
            "en": "The sample covers {count} provinces, autonomous regions and municipalities of "
            "China; the data leave out Hong Kong, Macao and Taiwan.",
        },
        "N120": {
            "zh": "标准卡算力参考值为 {tflops} TFLOPS（FP16 精度）；供算量以标准卡时/年计，"
            "每年 {hours} 小时。",
            "en": "A standard card has {tflops} TFLOPS at FP16; supply is in standard-card-hours "
            "per year, of {hours} hours.",
        },
        "N121": {
            "zh": "点位由未舍入的数值链接，印出时舍入一次，保留 {decimals} 位小数；各分项之和与合计"
            "可能不等，不作强制平衡。样本范围调整后的链式点位不具可加性。",
            "en": "Levels are chained from unrounded values and rounded once, to {decimals} "
            "decimals, in print; parts may not add up to the whole and are not adjusted. Chained "
            "levels are not additive after a change of scope.",
        },
    }
)
