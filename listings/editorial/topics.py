"""What a whole text speaks of: cars, or races, roads, crimes and deaths in which cars occur."""

from collections.abc import Iterable
from string import digits

CARS_MIN = 2
CARS_FOR_A_WORD_MIN = 3
CARS_PER_WORD_OF_ELSEWHERE = 2


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CARS = _words(
    """
    alloy automatic awd axle battery bhp bonnet brake cabin cabriolet car carmaker charging
    chassi clutch convertible coupe crossover damper dashboard dct dealer diesel driver driving
    drivetrain electric engine estate ev exhaust facelift fwd garage gearbox gti hatch hatchback
    headlight horsepower hp hybrid hypercar infotainment kw kwh lease litre maker manufacturer
    mechanic mileage model mot motor motoring mpg mph mpv owner petrol phev pickup powertrain ps
    recall registration roadster rwd sale saloon seat sedan showroom steering supermini suspension
    suv tdi torque turbocharged tyre ulez v12 v6 v8 vehicle warranty wheel wheelbase
    """
)
"""What a text about cars says."""

TRADE = _words(
    """
    boot build cylinder insurance mile model platform price priced production review
    reviewed roof spec tested test trim used
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


ELSEWHERE = ((RACES, 2), (ROADS, 3), (PEOPLE, 2))
"""What a text with so many of the words is of, unless it says far more of cars."""


class Topic:
    """What a text is of, by the different words that it says, without their number (`52kWh`)."""

    def __init__(self, words: Iterable[str]) -> None:
        said = {word.lstrip(digits).removesuffix("s") or word for word in words}
        cars = len(said & CARS)
        self.is_of_cars = cars >= CARS_MIN
        self.is_clearly_of_cars = cars >= CARS_FOR_A_WORD_MIN
        is_passing = len(said & (CARS | TRADE)) < CARS_MIN
        self.is_elsewhere = is_passing or any(
            (others := len(said & theirs)) >= least and CARS_PER_WORD_OF_ELSEWHERE * others >= cars
            for theirs, least in ELSEWHERE
        )
