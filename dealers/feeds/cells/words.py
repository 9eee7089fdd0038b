"""The words by which feeds name fuels, gearboxes, bodies and colours; the first that fits counts.

Sources: DVLA's V5C, CAP, Auto Trader, Meta's automotive inventory and Google's vehicle listings.
"""

import re
from collections.abc import Mapping

from listings.choices import (
    BodyType,
    Colour,
    Drivetrain,
    Fuel,
    ServiceHistory,
    Transmission,
    VatScheme,
)

Table = Mapping[re.Pattern[str], str]


def _table(*rows: tuple[str, str]) -> Table:
    return {re.compile(pattern): value for pattern, value in rows}


_ELECTRIC = r"(?:electric\w*|elec\w*|ele|el|e|ev)\b"
FUELS = _table(
    (r"plug|phev|\bpi hybrid", Fuel.PLUG_IN_HYBRID),
    (r"hydrogen|fuel cell|\bfcev", Fuel.HYDROGEN),
    (r"^(?>.*?mild).*diesel|^(?>.*?diesel).*(?:mild|mhev)", Fuel.DIESEL),
    (
        r"^(?>.*?mild).*(?:petrol|gasol)|^(?>.*?(?:petrol|gasol)).*(?:mild|mhev)",
        Fuel.PETROL,
    ),
    (r"hybrid|\bhyb|\bhev\b|\bmhev\b", Fuel.HYBRID),
    (rf"(?:petrol|diesel|gasoline|heavy oil)\s*+[/+&-]?\s*+{_ELECTRIC}", Fuel.HYBRID),
    (r"electric\w{0,20}\s*+[/+&-]?\s*+(?:petrol|diesel)", Fuel.HYBRID),
    (r"\blpg|bi-? ?fuel|autogas|\bcng\b|dual fuel|gas/petrol|petrol/gas", Fuel.LPG),
    (r"petrol|gasol|unleaded|^pet\b|^p$|^benzin|^ulp$", Fuel.PETROL),
    (r"diesel|heavy oil|\bderv\b|^d$|^dsl$|^die\b|^diese$", Fuel.DIESEL),
    (r"electri|^elec\b|^e$|\bbev\b|\bev\b|^battery", Fuel.ELECTRIC),
)
TRANSMISSIONS = _table(
    (r"auto|semi|\bs/a|cvt|\bdsg|\bdct|tronic|\bpdk|\bedc\b|\bamt", Transmission.AUTOMATIC),
    (r"sequential|dual.?clutch|paddle|direct drive|single speed|1.?speed", Transmission.AUTOMATIC),
    (r"^a$|^at$|^a/t|^electric$", Transmission.AUTOMATIC),
    (r"^man|\bmanual|^m$|^mt$|^m/t|^[4-7] ?(?:sp|spd|speed)$|^stick", Transmission.MANUAL),
)
BODIES = _table(
    (r"mini ?bus|\bcoach\b", BodyType.MINIBUS),
    (r"mini ?van|\bmpv|people|multi.?purpose|camper|motor ?home", BodyType.MPV),
    (r"pick.?up|double cab|crew cab$|king cab|single cab|extended cab|^truck", BodyType.PICKUP),
    (
        r"\bvan|luton|dropside|drop side|tipper|chassis|box body|panel|combi|commercial|\blcv\b",
        BodyType.VAN,
    ),
    (r"suv|4 ?x ?4|cross ?over|off.?road|sports? utility|\bsav\b|all.?terrain", BodyType.SUV),
    (r"cabri|convert|roadster|spider|spyder|drop.?head|soft.?top|targa", BodyType.CONVERTIBLE),
    (r"estate|wagon|tourer|touring|shooting|avant|station|\best$", BodyType.ESTATE),
    (r"hatch|sport.?back|lift.?back|fast.?back|\bhb$|\bh/b", BodyType.HATCHBACK),
    (r"saloon|sedan|limousine|\bsal$", BodyType.SALOON),
    (r"coup|\bcpe$", BodyType.COUPE),
)
DRIVETRAINS = _table(
    (r"4 ?x ?4|\b4 ?wd|\bawd|four.?wheel|all.?wheel|4 ?wheel", Drivetrain.FOUR_WHEEL),
    (r"quattro|x-?drive|4-?motion|4-?matic", Drivetrain.FOUR_WHEEL),
    (r"\bfwd|front", Drivetrain.FRONT_WHEEL),
    (r"\brwd|rear", Drivetrain.REAR_WHEEL),
)
SERVICE_HISTORIES = _table(
    (r"part|some|limited|incomplete", ServiceHistory.PARTIAL),
    (
        r"^(?>.*?full).*(?:dealer|main|franchise|manufacturer|maker)",
        ServiceHistory.FULL_DEALER,
    ),
    (r"\bf[md]{1,2}sh\b|fdsh|main dealer", ServiceHistory.FULL_DEALER),
    (r"full|\bfsh\b|comprehensive|complete", ServiceHistory.FULL),
    (r"^no\b|^none|^n$|^nsh$|^0$|^false$", ServiceHistory.NONE),
)
VAT_SCHEMES = _table(
    (r"non.?qual|not qual|marg|no vat|\sn\s|\sno\s|false|\s0\s|non.?vat", VatScheme.MARGIN),
    (
        r"qual|plus|\+|\sy\s|yes|true|\s1\s|commercial|\bexc?l?|incl?|\svat\s|20\s?%",
        VatScheme.QUALIFYING,
    ),
)

_COLOURS = {
    Colour.BEIGE: "beige sand stone magnolia oatmeal cashmere",
    Colour.BLACK: "black ebony onyx noir obsidian nero blk jet",
    Colour.BLUE: "blue navy azure indigo sapphire cobalt blu bleu denim marine",
    Colour.BRONZE: "bronze copper",
    Colour.BROWN: "brown chocolate mocha chestnut coffee tan taupe mahogany",
    Colour.BUFF: "buff",
    Colour.CREAM: "cream ivory vanilla",
    Colour.GOLD: "gold golden champagne",
    Colour.GREEN: "green lime olive emerald khaki grn verde",
    Colour.GREY: "grey gray graphite anthracite charcoal gunmetal slate titanium gry gris",
    Colour.MAROON: "maroon burgundy claret bordeaux wine",
    Colour.MULTICOLOUR: "multicolour multicoloured multicolor multi multicolored various",
    Colour.ORANGE: "orange tangerine",
    Colour.PINK: "pink rose magenta",
    Colour.PURPLE: "purple violet plum lilac mauve aubergine",
    Colour.RED: "red ruby crimson scarlet rosso rouge cherry",
    Colour.SILVER: "silver slv aluminium",
    Colour.TURQUOISE: "turquoise teal aqua cyan",
    Colour.WHITE: "white wht bianco blanc alpine",
    Colour.YELLOW: "yellow giallo",
}
COLOURS: Mapping[str, Colour] = {
    word: colour for colour, words in _COLOURS.items() for word in words.split()
}
