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

ORDINARY_WORDS = _lines(
    """
    academy, accent, accord, ace, across, adam, agera, alto, ami, amica, antara, arena, astra,
    austral, avenger, azure, barchetta, batur, beetle, belmont, born, boxer, brava, bravo,
    bronco, brooklands, caddy, caliber, california, camper, cappuccino, capri, caravelle,
    carina, carisma, carlton, carnival, carry, cascada, cavalier, cayman, challenger, charade,
    charger, cherokee, chimaera, civic, cobra, colt, combo, commander, compact, compass,
    connect, continental, cordoba, corniche, cougar, crossfire, cruze, cub, cube, cygnet, daily,
    dawn, defender, delta, diablo, discovery, dispatch, dolomite, dolphin, duster, edge, elite,
    enzo, eos, escort, esprit, europa, evo, excel, expert, explorer, favorit, felicia, fiesta,
    flying spur, focus, forester, fox, fusion, galaxy, ghibli, ghost, gladiator, golf, granada,
    grandis, grenadier, griffith, herald, highlander, holidays, ibiza, idea, inca, insight,
    integra, jazz, journey, juke, junior, karma, kona, laguna, lancer, leaf, legacy, legend,
    leon, linea, logan, logo, marbella, marea, master, materia, matrix, maverick, maxima, metro,
    midget, mini, mirage, model 3, model s, model x, model y, monterey, move, murano, mustang,
    nemo, neon, nitro, note, nova, ocean, omega, optima, orion, orlando, outback, panda,
    partner, pathfinder, patriot, patrol, persona, phantom, picnic, pilot, polo, portofino,
    prelude, pride, probe, pulsar, puma, ram, ranger, rapid, rascal, relay, renegade, rio, riva,
    robin, rodeo, roma, samara, scala, scenic, scimitar, scorpio, seal, senator, sequoia,
    serena, seven, seville, shogun, shuttle, sierra, signum, skyline, sonata, soul, sovereign,
    spark, spectre, spitfire, splash, spring, sprinter, stag, starlet, steed, stinger, stream,
    streetwise, sunny, super seven, superb, supra, swift, synergie, tempra, tipo, tivoli,
    toledo, topolino, torres, tourbillon, transit, transporter, tribute, trooper, turbo r, uno,
    up, valhalla, valkyrie, vanquish, vantage, vento, verso, viper, virage, vitesse, viva, volt,
    voyager, wagon r, wind, wraith, yeti, zoe
    """
)
"""Models that are words, places, people or products too: a car must stand beside them."""

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
    mini bar, mini cab, mini break, smart motorway, smart motorways, smart meter, smart meters,
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

RACING_WORDS = _lines(
    """
    formula, f1, championship, podium, laps, lap, qualifying, grid, paddock, prix, fia, motorsport,
    racing, race, races, raced, circuit, motogp, rally, wrc, nascar, indycar
    """
)
"""What a race report says: the names of teams in it are no cars to buy."""

ROAD_WORDS = _lines(
    """
    closed, closure, traffic, junction, motorway, carriageway, lorry, queueing, queues, queuing,
    lane, lanes, roadworks, diversion, northbound, southbound, eastbound, westbound, bypass,
    crash, collision, delays, tailbacks
    """
)
"""What news of a road says: A3 and M4 in it are roads."""

CAR_WORDS = _lines(
    """
    car, cars, vehicle, vehicles, engine, engines, bhp, mpg, hp, ps, torque, kw, kwh, hybrid, phev,
    ev, evs, electric, suv, suvs, hatchback, hatch, saloon, estate, coupe, convertible, cabriolet,
    crossover, pickup, supermini, mpv, petrol, diesel, gearbox, automatic, drivetrain, powertrain,
    chassis, suspension, steering, wheelbase, facelift, model, models, range, trim, carmaker,
    carmakers, maker, makers, manufacturer, driving, drive, driver, drivers, dealer, dealers,
    mileage, owners, mph, litre, turbocharged, alloys, dashboard, infotainment, boot, 4x4, awd,
    fwd, rwd, horsepower, motoring, motor, showroom, registrations, sales, recall, recalls,
    review, reviewed, roadster, cabin, tyres, dct, gti, tdi, battery, charging, sedan, ulez, mot
    """
)
"""What a text about cars says; a text with too few of them names none."""

CAR_SIGNS = _lines(
    """
    gti, gtd, gte, tdi, tsi, tfsi, st, r, rs, vrs, n, ecoboost, hatchback, hatch, saloon, estate,
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
