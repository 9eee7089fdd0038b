"""What a whole text speaks of: cars, or races, roads, crimes and deaths in which cars occur."""

from collections.abc import Sequence
from string import digits

CARS_MIN = 2
CARS_FOR_A_WORD_MIN = 3
TRADE_MIN = 3
LONG_WORDS = 90
CARS_PER_WORD_OF_ELSEWHERE = 2


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CARS = _words(
    """
    alloy alternator automatic awd axle battery bhp bonnet brake cabin cabriolet cambelt
    camshaft car carmaker cdti charging chassi clutch convertible coupe crossover damper
    dashboard dct dealer diesel dpf driver drivetrain driving ecu egr electric engine estate ev
    exhaust facelift fwd garage gasket gearbox gti hatch hatchback headlight horsepower hp
    hybrid hypercar infotainment kw kwh lease litre maker manufacturer mechanic mileage model
    mot motor motoring mpg mph mpv obd owner petrol phev pickup powertrain ps recall
    registration roadster rwd sale saloon seat sedan showroom steering supermini suspension suv
    tdi throttle torque turbo turbocharged tyre ulez v12 v6 v8 vehicle warranty wheel wheelbase
    """
)
"""What a text about cars says."""

MAKING = _words("automaker carmaker")
"""Those of them that say it alone, and count twice."""

SELLING = _words("dealership maker marque showroom")
"""What else says that a name like Jaguar or Ford is that of a maker."""

TRADE = _words(
    """
    boot build cylinder insurance mile model platform price priced production review
    reviewed roof spec tariff tested test trim used wholesale
    """
)
"""What a text about cars says too; where it says not even this, a car is only passing."""

RACES = _words(
    """
    championship circuit fia f1 formula grid imola indycar interlagos lap leclerc motogp monza
    motorsport nascar norri overtook paddock piastri podium pole prix puncture qualifying race
    raced racing rally season stage steward teammate verstappen wrc zandvoort
    """
)
"""What a race report says: the names in it are of teams."""

ROADS = _words(
    """
    bypass carriageway closed closure collision crash delay diversion eastbound junction lane lorry
    motorway northbound queueing queuing queue roadwork southbound tailback traffic westbound
    """
)
"""What news of a road says: A3 and M4 in it are roads, and the cars were in an accident."""

PEOPLE = _words(
    """
    ambulance arrested burglar coroner court custody dashcam defendant detective died fatal
    firefighter funeral guilty hospital infirmary injured inquest jail jailed jury magistrate
    manslaughter murder nurse obituary paramedic pleaded police prison prosecutor raffle robbery
    sentenced survived victim witness
    """
)
"""What news of crimes, accidents and deaths says: no place for adverts of the car in it."""


SPORTS = _words(
    """
    chairman club cricket cup fixture football footballer goalkeeper golfer innings kickoff
    league midfielder rugby scorer semifinal shirt sponsorship stadium striker team
    ticket tournament
    """
)
"""What news of clubs and matches says: a maker in it pays for the shirts."""

TRAVELS = _words(
    """
    airport canyon desert diner flight heathrow hike hire hired hotel itinerary museum motel
    opera resort restaurant sunrise sunset ticket tourist trail waterfall
    """
)
"""What a travel page says: names in it are of places, and the car was hired."""

ARTS = _words(
    """
    album amplifier arts author band cartoon chapter choir chorus comedian comedy composer
    concert drama episode exhibition fiction filming gallery gig guitar guitarist lyric melody
    museum musical musician novel novelist opera orchestra painter painting pianist piano play
    playwright plot poem poet publisher rehearsal script sculpture singer sitcom song soprano stage
    studio theatre tune verse vocal
    """
)
"""What a page on music, books and the stage says: the car in it is a prop."""

NATURE = _words(
    """
    animal badger bat bird breeding butterfly cub farmer flock fox gardening habitat hedge
    hedgehog insect keeper larvae migration nest nesting otter pheasant predator
    reptile rspca sanctuary shrub soil species swan whale wildlife woodland zoo
    """
)
"""What a page on animals and gardens says."""

PARTIES = _words(
    """
    actor actress bouquet boyfriend bride bridesmaid cake celebrity chef dessert dinner dish
    dress engagement fan fashion fiance fiancee footballer girlfriend gown groom guest
    honeymoon influencer instagram outfit oven pudding recipe singer soup stylist sunglasse
    swimsuit tiktok vow wedding wine
    """
)
"""What a page on weddings, kitchens and stars says: they come in cars, and leave in them."""

GADGETS = _words(
    """
    console gamer gaming iphone ipad laptop megapixel monitor nintendo playstation qualcomm
    samsung selfie smartphone smartwatch snapdragon spotify tablet xbox
    """
)
"""What a page on telephones and games says."""

SCHOOLS = _words(
    """
    academy classroom curriculum exam gcse graduate headteacher homework lesson pupil
    school student teacher university
    """
)
"""What a page on schools says."""

COUNCILS = _words(
    """
    bench bishop budget chancellor charity civic commons constituency council
    councillor hospice leader library mayor minister mp opposition parish parliament raffle
    resident reverend scrutiny tory vicar vote voter whip
    """
)
"""What news of councils, parties and parishes says: someone in it has a car."""

MACHINES = _words(
    """
    biker deere grass handlebar hydrostatic lawn lawnmower motorbike motorcycle mower outboard
    pillion rider strimmer
    """
)
"""What a page on motorcycles and mowers says, whose makers build cars too."""

ELSEWHERE = (
    (RACES, 2),
    (ROADS, 3),
    (PEOPLE, 2),
    (MACHINES, 2),
    *(
        (theirs, 3)
        for theirs in (SPORTS, TRAVELS, ARTS, NATURE, PARTIES, GADGETS, SCHOOLS, COUNCILS)
    ),
)
"""What a text with so many of the words is of, unless it says far more of cars."""


class Topic:
    """What a text is of, by the different words that it says, without their number (`52kWh`)."""

    def __init__(self, words: Sequence[str]) -> None:
        length = len(words)
        said = {word.lstrip(digits).removesuffix("s") or word for word in words}
        cars = len(said & CARS) + len(said & MAKING)
        self.is_of_cars = cars >= CARS_MIN
        self.is_of_makers = bool(said & (MAKING | SELLING))
        self.is_clearly_of_cars = cars >= CARS_FOR_A_WORD_MIN
        trade = cars + len(said & TRADE)
        self.is_scant = trade < TRADE_MIN and length >= LONG_WORDS
        is_passing = trade < CARS_MIN
        self.is_elsewhere = is_passing or any(
            (others := len(said & theirs)) >= least and CARS_PER_WORD_OF_ELSEWHERE * others >= cars
            for theirs, least in ELSEWHERE
        )
