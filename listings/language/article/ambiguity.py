"""Names of cars that are other words too, and phrases that hold a name but no car.

Written by hand from the UK catalogue; names are in the form of `tokens.normal`.
"""


def _lines(text: str) -> frozenset[str]:
    return frozenset(line.strip() for line in text.split(",") if line.strip())


ORDINARY_MAKES = _lines(
    """
    ac, alfa, alpine, aston, bentley, daimler, dodge, ds, ford, genesis, great wall, hummer,
    infiniti, jag, jaguar, lada, lotus, man, maxus, mb, merc, mercedes, mg, mini, morgan, noble,
    ora, polestar, proton, reliant, rolls, rover, saab, seat, smart, tesla, triumph, westfield
    """
)
"""Makes that a text about something else may hold: a car must stand beside them."""

PLAIN_MAKES = _lines(
    """
    alpine, dodge, great wall, man, mini, noble, ora, proton, reliant, rolls, rover, seat, smart,
    triumph
    """
)
"""Those of them that are plain words: a capital that opens a sentence says nothing of them."""

KNOWN_MAKES = _lines(
    """
    abarth, alfa romeo, aston martin, audi, beemer, bimmer, bmw, bugatti, byd, cadillac,
    caterham, chery, chevrolet, chevy, chrysler, citroen, cupra, dacia, daewoo, daihatsu, ds
    automobiles, ferrari, fiat, geely, gwm, honda, hyundai, ineos, isuzu, iveco, jaecoo, jeep,
    kia, koenigsegg, lambo, lamborghini, land rover, landrover, leapmotor, levc, lexus,
    maserati, mazda, mclaren, mercedes benz, mg motor, mitsubishi, nissan, omoda, opel, perodua,
    peugeot, porsche, renault, rolls royce, skoda, ssangyong, subaru, suzuki, toyota, tvr,
    vauxhall, volkswagen, volkswagon, volvo, vw, xpeng
    """
)
"""Makes that are nothing else; any that stands in neither list is one only beside its own model."""

MISSPELT = {
    "citroen": ("citreon",),
    "hyundai": ("hyundia",),
    "lamborghini": ("lamborgini",),
    "mercedes": ("mercedez",),
    "mitsubishi": ("mitsibishi", "mitsubushi"),
    "peugeot": ("peugot",),
    "porsche": ("porche", "porshe"),
    "renault": ("renualt",),
    "vauxhall": ("vauxhal",),
    "cayenne": ("cayene",),
    "qashqai": ("qashquai", "quashqai"),
}
"""How forums spell; no aliases of the catalogue, where a word near two names is neither."""

PLACES = _lines(
    """
    arms, avenue, bridge, castle, church, close, court, crescent, farm, gardens, grove, hall,
    hill, hospital, inn, lane, park, place, primary, road, school, square, station, street,
    terrace, village, wood
    """
)
"""What right after a name makes it that of a street or a house: `Ford Road`, `Astra Close`."""

COINED = _lines(
    """
    aceman, actyon, almera, alphard, amarok, antara, ariya, arkana, arteon, artura, ateca,
    avensis, aventador, aveo, aygo, bayon, bentayga, berlingo, bigster, boxster, captur, carens,
    cayenne, ceed, celerio, celica, citigo, clubman, corolla, corrado, corsa, crossland,
    cyberster, cybertruck, doblo, ducato, ecosport, elroq, emeya, emira, enyaq, espace, evija,
    evoque, exige, fabia, forfour, fortwo, freelander, gallardo, grancabrio, grandland,
    granturismo, grecale, hilux, huracan, impreza, ioniq, jetta, jimny, kadjar, kamiq, kangoo,
    karoq, kizashi, kodiaq, koleos, korando, kuga, levorg, macan, megane, meriva, mokka, mondeo,
    movano, multivan, murcielago, navara, niro, pajero, panamera, passat, phaeton, picanto,
    primera, prius, proace, punto, purosangue, qashqai, quattroporte, range rover, revuelto,
    rexton, roomster, sandero, scirocco, seicento, sharan, sorento, sportage, stonic, taigo,
    tavascan, taycan, temerario, terramar, tigra, tiguan, touareg, touran, trafic, twingo,
    twizy, urus, vectra, velar, veloster, veyron, vitara, vivaro, xceed, xsara, yaris, zafira
    """
)
"""Words made up for models, which tell one by themselves; beside any other a car must stand.

Towns, passes and first names are none: Tucson, Stelvio, Giulia.
"""

GENERIC = _lines(
    """
    3 door hatch, 3 door hatchback, 4 e tech, 5 door hatch, 5 door hatchback, 5 e tech, cabrio,
    cabriolet, cabstar, convertible, cooper, coupe, ct, e, electric, es, evolution, g, gs, gt,
    hatch, hatch electric, hatchback, is, lc, ls, m, ml, mpv, rc, roadster, sc, series 1, series
    2, series 3, series 4, series 5, sl, spider, sport, spyder, sv, traveller, tt rs, turismo
    """
)
"""What many makes have or say: only a name right after its own make."""

DECOYS = _lines(
    """
    aston villa, aston university, aston martin aramco, aston martin f1,
    harrison ford, henry ford, betty ford, tom ford, gerald ford, glenn ford, ford foundation,
    nikola tesla, tesla coil, tesla stock, jenson button, carlos sainz, rolls royce engines,
    rolls royce holdings, rolls royce plc, rolls royce aero, mini budget, mini series, mini golf,
    mondeo man, colt car company, mini bar, mini cab, mini break, smart motorway, smart motorways,
    smart meter, smart meters,
    smart phone, smart phones, smart charging, smart charger, smart chargers, smart home,
    smart city, smart key, smart cruise, seat belt, seat belts, back seat, rear seat, rear seats,
    front seat, front seats, child seat, child seats, driver s seat, drivers seat, passenger seat,
    seat heating, seat height, seat of power, county seat, hot seat, golf club, golf clubs,
    golf course, golf courses, golf ball, golf balls, golf open, golf day, golf tournament,
    golf buggy, golf cart, golf bag, golf championship, golf federation, polo shirt, polo shirts,
    polo neck, polo match, polo club, polo mint, water polo, focus group, focus groups,
    focus on, in focus, out of focus, samsung galaxy, galaxy note, galaxy s, milky way galaxy,
    astra zeneca, discovery channel, space shuttle, shuttle bus, police escort, internet explorer,
    giant panda, red panda, park ranger, texas ranger, rangers, rainforest alliance, jaguar shark,
    jaguar cub, jaguar cubs, black jaguar, great wall of china, lotus flower, lotus position,
    lotus eaters, book of genesis, genesis tour, genesis album, genesis reunion, alpine skiing,
    alpine ski, alpine resort, alpine pass, alpine village, alpine f1, dodge the, to dodge,
    jp morgan, morgan stanley, morgan freeman, piers morgan, captain morgan, stag beetle,
    dung beetle, bark beetle, ground beetle, stag do, stag night, stag party, swift response,
    taylor swift, london underground, transit of, transit time, transit times, public transit,
    mass transit, in transit, metro train, metro station, metro line, metro system, la fiesta,
    puma trainers, puma shoes, puma sportswear, puma cougar, pepper cayenne, cayenne pepper,
    air traffic, up to, sign up, up and, step up, rolls royce trent, mercedes f1, mercedes amg f1,
    lewis hamilton, jazz club, jazz festival, jazz music, jazz band, honda jet, honda motogp,
    triumph motorcycles, triumph motorcycle, bmw motorrad, honda motorcycles, suzuki motorcycles,
    isle of man, man city, man united, man utd, old man, young man, one man, best man,
    sierra leone, sierra nevada, phantom thread, rio de janeiro, rio ferdinand, costa del sol,
    ad infinitum, noble prize, robin hood, tata motors, peugeot invest, red bull
    """
)
"""Phrases that begin with, end with or hold a name and are something else."""

GROUPS = _lines("jaguar land rover, jlr, renault nissan, renault nissan mitsubishi, fiat chrysler")
"""Companies whose names hold those of makes: news of the company is about no one of them."""

CAR_SIGNS = _lines(
    """
    car, cars, dealer, dealers, gti, gtd, gte, tdi, tsi, tfsi,
    st, r, rs, vrs, n, ecoboost, hatchback, hatch, saloon, estate,
    cabriolet, convertible, coupe, suv, pickup, van, hybrid, electric, ev, phev, diesel, petrol,
    mk1, mk2, mk3, mk4, mk5, mk6, mk7, mk8, review, gen, facelift, drivers, owners, supermini,
    mpv, crossover, people, 4x4, sportback, sportswagon, tourer, titanium, zetec, vignette, line
    """
)
"""What right before or after a word makes it the car of that name."""

UNITS = _lines(
    """
    miles, mile, mph, km, kph, bhp, hp, ps, kw, kwh, nm, lb, litres, litre, per, percent, kg,
    seconds, sec, minutes, years, year, months, weeks, days, hours, people, jobs, cars, million,
    billion, m, bn, k, points, reasons, things, ways, doors, seats, motorway, road, junction,
    units, vehicles, volts, inches, inch, mm, cm, metres, grand, pence, p, new, of, best, more
    """
)
"""What right after a number or code says that it is no model."""
