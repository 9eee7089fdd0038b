"""The words and phrases of buyers that are neither names nor numbers, and what each one asks for.

A row is a parameter and its values, and the phrases that say so, separated by commas. The longest
phrase that matches wins.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from listings.language.query.table import PhraseTable

Words = tuple[str, ...]


class PhraseMeaning(NamedTuple):
    """A parameter and its values; "ignored" for what says nothing about a car, "unasked"
    for what does and no filter knows."""

    name: str
    values: tuple[str | int | bool, ...] = ()


_CHOICES = """
fuel petrol: petrol, petrols, ptrl, gasoline, unleaded, petrol engine
fuel diesel: diesel, diesels, derv, dsl, diesel engine
fuel electric: electric, ev, evs, bev, fully electric, all electric, pure electric, electric car,
    electric cars, electric vehicle, zero emission, zero emissions
fuel hybrid: hybrid, hybrids, hev, full hybrid, self charging, self charging hybrid
fuel plug_in_hybrid: plug in hybrid, plug in, plugin, plugin hybrid, phev, phevs, hybrid plug in
fuel lpg: lpg, autogas, bi fuel, bifuel, dual fuel
fuel hydrogen: hydrogen, fuel cell
transmission automatic: automatic, auto, autos, automatics, automatic gearbox, auto gearbox,
    automatic transmission, auto transmission, semi auto, semi automatic
transmission manual: manual, manuals, manual gearbox, manual transmission, stick, stick shift
body_type hatchback: hatchback, hatchbacks, hatch
body_type saloon: saloon, saloons, sedan, sedans
body_type estate: estate, estates, estate car, wagon, station wagon
body_type suv: suv, suvs, crossover, sports utility vehicle
body_type coupe: coupe, coupes
body_type convertible: convertible, convertibles, cabrio, cabriolet, soft top, softtop, drop top,
    open top, rag top, roadster
body_type mpv: mpv, mpvs, people carrier, people carriers, people mover, minivan
body_type pickup: pickup, pickups, pick up, pickup truck, pick up truck, truck
body_type van: van, vans, panel van
body_type minibus: minibus, mini bus, minibuses
colour beige: beige
colour black: black, blk, jet black, piano black, midnight black, metallic black
colour blue: blue, navy, navy blue, royal blue, sky blue, baby blue, midnight blue
colour bronze: bronze
colour brown: brown
colour cream: cream, ivory
colour gold: gold
colour green: green, british racing green, racing green, brg, bottle green, olive green, lime green
colour grey: grey, gray, gunmetal, gunmetal grey, gun metal, gun metal grey, charcoal,
    charcoal grey, anthracite, anthracite grey, graphite grey, slate grey, nardo grey
colour maroon: maroon, burgundy
colour multicolour: multicolour, multicoloured
colour orange: orange
colour pink: pink
colour purple: purple, violet
colour red: red
colour silver: silver, slv
colour turquoise: turquoise
colour white: white, wht, white pearl, pearl white, pearlescent white, polar white
colour yellow: yellow
drivetrain four_wheel: awd, 4wd, 4x4, 4x4s, 4 x 4, 4 wheel drive, four wheel drive,
    all wheel drive
drivetrain front_wheel: fwd, front wheel drive
drivetrain rear_wheel: rwd, rear wheel drive
ulez yes: ulez, ulez compliant, ulez free, ulez exempt, ulez ok, ulez friendly, clean air zone,
    caz compliant, ulez ready, ulez approved, no ulez charge, no ulez charges, no ulez fee,
    no ulez fees, no ulez worries, no ulez issues
ulez no: non ulez, not ulez compliant, non ulez compliant, not ulez free, not ulez exempt
service_history full|full_dealer: full service history, fsh, full history, f s h, full s h,
    full sh
service_history full_dealer: full dealer history, full dealer service history, fdsh,
    full main dealer history, main dealer history, dealer service history,
    full main dealer service history, main dealer service history, fmdsh
service_history full|full_dealer|partial: service history, some history, part history,
    part service history
ordering price: cheap, cheapest, cheap as possible, cheapest first, lowest price,
    bargain, bargains, price low to high, low to high, low to high price, lowest price first,
    lowest first, sort by price, order by price
ordering -price: dearest, most expensive, highest price, price high to low,
    high to low, high to low price, highest first
ordering mileage: low mileage, low miles, low mile, lowest mileage, lowest miles, fewest miles,
    low milage
ordering -year: newest
ordering year: oldest
ordering distance: nearest, closest, nearest first, closest first, near me, near here, local,
    locally,
    around here, close by, nearby
ordering newest: latest, just added, just in, just listed, recently added, new arrivals,
    most recent
reduced true: reduced, reduced price, price reduced, price drop, price drops, reductions,
    price cut, price cuts, discounted
added_within_days 1: added today, new today, listed today, new in today, last 24 hours,
    past 24 hours, today
added_within_days 7: added this week, new this week, listed this week, new in this week,
    this week, last week, past week, last 7 days, last seven days
added_within_days 30: added this month, new this month, listed this month, this month,
    last month, past month
text: black edition, red edition, black series, black pack, heated seats, heated seat,
    leather seats, leather seat, electric seats, electric windows, electric mirrors, mild hybrid,
    black leather, cream leather, brown leather, beige leather, electric tailgate, red leather,
    auto lights, auto park, silver edition, gold edition,
    blue edition, white edition, electric roof, electric sunroof, s line, m sport, r line, n line,
    st line, gt line, amg line, black roof, write off, write offs
ignored: a, an, the, and, or, for, of, in, with, to, on, is, it, at, by, as, my, me, i, we, any,
    some, please, used, second hand, secondhand, pre owned, approved, car, cars, vehicle, vehicles,
    motor, motors, automobile, for sale, sale, buy, buying, find, show, show me, looking for, look,
    looking, want, wanted, need, needs, i want, search, searching, available, good, great, nice,
    clean, tidy, lovely, immaculate, mint, excellent, decent, best, beautiful, reliable, family,
    first, first car, economical, condition, good condition, new, nearly new, as new, model,
    models, engine, gearbox, transmission, price, priced, priced at, colour, color, coloured,
    metallic, dark, light, uk, possible, ideally, preferably, must, have, has, be, mileage, miles,
    year, milage, that, this, which, only, just, very, really, deal, deals, offer, offers, around
    town, something, someone, not too, too, back, money, value, than, from, make, makes, area,
    based, mum, dad, son, daughter, wife, husband, girlfriend, boyfriend, learner, new driver,
    student, kids, commuting, commuter, work, school run, anything, all, needed, ones, either,
    both, ok, okay, fine, is fine, dont mind, do not mind, happy with, not fussy, not fussed, not
    bothered, no preference, any preference, doesnt matter, no matter, not important, dont care,
    preference, about, ono, ovno, obo, cash, everything, radius, distance, away, cheers, thanks,
    thx, plz, pls
unasked: tax, road tax, low tax, low road tax, cheap tax, cheap road tax, free tax, free road tax,
    zero tax, zero road tax, no tax, no road tax, tax free, taxed, mot, mots, long mot, full mot,
    new mot, fresh mot, years mot, motd, insurance, cheap insurance, low insurance, cheap to
    insure, cheap to run, cheap to tax, low running costs, insurance group, low insurance group,
    mpg, high mpg, good mpg, best mpg, p / x, p x, px, part ex, part exchange, welcome, swap,
    finance, on finance, finance available, pcp, hire purchase, lease, leasing, deposit, no
    deposit, zero deposit, low deposit, monthly, per month, warranty, hpi, hpi clear, hpi checked,
    vat, plus vat, no vat, vat qualifying, cat a, cat b, cat c, cat d, cat n, cat s, cat, cat free,
    category a, category b, category c, category d, category n, category s, write off, write offs,
    written off, salvage, damaged, damaged repairable, spares or repair, spares or repairs, non
    runner, small, smallest, big, biggest, runaround, run around, run about, runabout, banger,
    private sale, private seller, delivery, delivered, fast, fastest, low emissions, high mileage,
    high miles, average mileage, average miles, poa, price on application, price on request, new
    shape, old shape, latest shape, facelift, cambelt, cambelt done, low co2
"""

_NEGATIONS = """
not, no, nothing, none, without, except, except for, excluding, exclude, excl, non, nor, neither,
but not, other than, apart from, anything but, any but, all but, everything but, avoid, never,
instead of, rather than, minus, rather not, isnt, is not, arent, are not, aint, dont want, do not
want, dont like, do not like, dont need, do not need, dont show, do not show, not interested in,
hate, cant be, cannot be, must not be, mustnt be, must not have, not looking for, not with, with
no, and not, and no, or no, wont have, cant have, cant drive, cannot drive, not including, leave
out
"""


def _rows() -> Mapping[Words, PhraseMeaning]:
    table: dict[Words, PhraseMeaning] = {}
    for head, phrases in _split(_CHOICES.strip().splitlines()):
        name, _, values = head.partition(" ")
        meaning = PhraseMeaning(name, tuple(_value(value) for value in values.split("|") if value))
        for phrase in phrases.split(","):
            table[tuple(phrase.split())] = meaning
    return table


def _split(lines: Sequence[str]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith(" "):
            rows[-1] = (rows[-1][0], rows[-1][1] + line)
        else:
            head, _, phrases = line.partition(":")
            rows.append((head, phrases))
    return rows


def _value(text: str) -> str | int | bool:
    if text == "true":
        return True
    return int(text) if text.isdecimal() else text


UNASKED = "No filter asks for this."
KEYWORDS = PhraseTable(_rows())
NEGATIONS = PhraseTable({tuple(phrase.split()): True for phrase in _NEGATIONS.split(",")})
