"""The values an advert's fields can take: stored in lower case, shown in the trade's words."""

from collections.abc import Iterable

from django.db.models import IntegerChoices, TextChoices


class Status(TextChoices):
    DRAFT = "draft", "Draft"
    LIVE = "live", "Live"
    EXPIRED = "expired", "Expired"
    SOLD = "sold", "Sold"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REJECTED = "rejected", "Rejected"


class Fuel(TextChoices):
    PETROL = "petrol", "Petrol"
    DIESEL = "diesel", "Diesel"
    ELECTRIC = "electric", "Electric"
    HYBRID = "hybrid", "Hybrid"
    PLUG_IN_HYBRID = "plug_in_hybrid", "Plug-in hybrid"
    LPG = "lpg", "LPG / bi-fuel"
    HYDROGEN = "hydrogen", "Hydrogen"


class Transmission(TextChoices):
    """Two values, as on a UK driving licence: whatever has no clutch pedal is an automatic."""

    MANUAL = "manual", "Manual"
    AUTOMATIC = "automatic", "Automatic"


class BodyType(TextChoices):
    HATCHBACK = "hatchback", "Hatchback"
    SALOON = "saloon", "Saloon"
    ESTATE = "estate", "Estate"
    SUV = "suv", "SUV"
    COUPE = "coupe", "Coupe"
    CONVERTIBLE = "convertible", "Convertible"
    MPV = "mpv", "MPV"
    PICKUP = "pickup", "Pickup"
    VAN = "van", "Van"
    MINIBUS = "minibus", "Minibus"


class Drivetrain(TextChoices):
    FRONT_WHEEL = "front_wheel", "Front-wheel drive"
    REAR_WHEEL = "rear_wheel", "Rear-wheel drive"
    FOUR_WHEEL = "four_wheel", "Four-wheel drive"


class Colour(TextChoices):
    """The basic colours that DVLA records on a registration certificate (V5C)."""

    BEIGE = "beige", "Beige"
    BLACK = "black", "Black"
    BLUE = "blue", "Blue"
    BRONZE = "bronze", "Bronze"
    BROWN = "brown", "Brown"
    BUFF = "buff", "Buff"
    CREAM = "cream", "Cream"
    GOLD = "gold", "Gold"
    GREEN = "green", "Green"
    GREY = "grey", "Grey"
    MAROON = "maroon", "Maroon"
    MULTICOLOUR = "multicolour", "Multicolour"
    ORANGE = "orange", "Orange"
    PINK = "pink", "Pink"
    PURPLE = "purple", "Purple"
    RED = "red", "Red"
    SILVER = "silver", "Silver"
    TURQUOISE = "turquoise", "Turquoise"
    WHITE = "white", "White"
    YELLOW = "yellow", "Yellow"


class Ulez(TextChoices):
    """Whether the car meets the emission standard of London's Ultra Low Emission Zone."""

    YES = "yes", "Meets the standard"
    NO = "no", "Does not meet the standard"
    UNKNOWN = "unknown", "Not known"


class VatScheme(TextChoices):
    MARGIN = "margin", "Margin scheme"
    QUALIFYING = "qualifying", "VAT qualifying"


class ServiceHistory(TextChoices):
    FULL_DEALER = "full_dealer", "Full dealer history"
    FULL = "full", "Full history"
    PARTIAL = "partial", "Part history"
    NONE = "none", "No history"


class WriteOff(TextChoices):
    """The insurers' salvage categories; A and B may not return to the road."""

    A = "a", "Category A: scrap"
    B = "b", "Category B: break for parts"
    C = "c", "Category C (until 2017)"
    D = "d", "Category D (until 2017)"
    S = "s", "Category S: structural damage, repaired"
    N = "n", "Category N: non-structural damage, repaired"


class Equipment(TextChoices):
    """What buyers ask a car to have; an advert keeps it as one bit for each, in this order.

    So a new one is added at the end, none is taken out, and there are at most 62.
    """

    LEATHER = "leather", "Leather seats"
    HEATED_SEATS = "heated_seats", "Heated seats"
    VENTILATED_SEATS = "ventilated_seats", "Ventilated seats"
    ELECTRIC_SEATS = "electric_seats", "Electric seats"
    MEMORY_SEATS = "memory_seats", "Memory seats"
    MASSAGE_SEATS = "massage_seats", "Massage seats"
    SPORTS_SEATS = "sports_seats", "Sports seats"
    HEATED_STEERING_WHEEL = "heated_steering_wheel", "Heated steering wheel"
    HEATED_WINDSCREEN = "heated_windscreen", "Heated windscreen"
    AIR_CONDITIONING = "air_conditioning", "Air conditioning"
    CLIMATE_CONTROL = "climate_control", "Climate control"
    CRUISE_CONTROL = "cruise_control", "Cruise control"
    ADAPTIVE_CRUISE = "adaptive_cruise", "Adaptive cruise control"
    LANE_ASSIST = "lane_assist", "Lane assist"
    BLIND_SPOT_MONITOR = "blind_spot_monitor", "Blind spot monitor"
    EMERGENCY_BRAKING = "emergency_braking", "Automatic emergency braking"
    PARKING_SENSORS = "parking_sensors", "Parking sensors"
    REVERSING_CAMERA = "reversing_camera", "Reversing camera"
    CAMERA_360 = "camera_360", "360° camera"
    PARK_ASSIST = "park_assist", "Park assist"
    SAT_NAV = "sat_nav", "Sat nav"
    CARPLAY = "carplay", "Apple CarPlay"
    ANDROID_AUTO = "android_auto", "Android Auto"
    BLUETOOTH = "bluetooth", "Bluetooth"
    DAB = "dab", "DAB radio"
    WIRELESS_CHARGING = "wireless_charging", "Wireless phone charging"
    PREMIUM_SOUND = "premium_sound", "Premium sound system"
    DIGITAL_COCKPIT = "digital_cockpit", "Digital instrument display"
    HEAD_UP_DISPLAY = "head_up_display", "Head-up display"
    KEYLESS = "keyless", "Keyless entry or start"
    ELECTRIC_TAILGATE = "electric_tailgate", "Electric tailgate"
    FOLDING_MIRRORS = "folding_mirrors", "Electric folding mirrors"
    ALLOY_WHEELS = "alloy_wheels", "Alloy wheels"
    SPARE_WHEEL = "spare_wheel", "Spare wheel"
    PRIVACY_GLASS = "privacy_glass", "Privacy glass"
    ROOF_RAILS = "roof_rails", "Roof rails"
    SUNROOF = "sunroof", "Sunroof"
    PANORAMIC_ROOF = "panoramic_roof", "Panoramic roof"
    TOWBAR = "towbar", "Towbar"
    ISOFIX = "isofix", "Isofix"
    LED_HEADLIGHTS = "led_headlights", "LED headlights"
    XENON_HEADLIGHTS = "xenon_headlights", "Xenon headlights"
    PADDLE_SHIFT = "paddle_shift", "Paddle shift"
    AIR_SUSPENSION = "air_suspension", "Air suspension"
    HEAT_PUMP = "heat_pump", "Heat pump"
    WHEELCHAIR_ACCESS = "wheelchair_access", "Wheelchair access"

    @classmethod
    def bits(cls, values: Iterable[str]) -> int:
        """Return the number that stands for these values."""
        wanted = set(values)
        return sum(1 << place for place, value in enumerate(cls.values) if value in wanted)

    @classmethod
    def of_bits(cls, bits: int) -> list[str]:
        return [value for place, value in enumerate(cls.values) if bits >> place & 1]


class EuroStandard(IntegerChoices):
    EURO_1 = 1, "Euro 1"
    EURO_2 = 2, "Euro 2"
    EURO_3 = 3, "Euro 3"
    EURO_4 = 4, "Euro 4"
    EURO_5 = 5, "Euro 5"
    EURO_6 = 6, "Euro 6"
    EURO_7 = 7, "Euro 7"


class PriceReason(TextChoices):
    """Why a price became what it is."""

    EDIT = "edit", "Edited by hand"
    PLAN = "plan", "Price plan"
    BULK = "bulk", "Bulk change"
    FEED = "feed", "Stock feed"
    LOAD = "load", "Loaded data"


class PlanKind(TextChoices):
    """By what a plan's prices change."""

    AGE = "age", "By age"
    MARKET = "market", "As the market"


class PriceEnding(TextChoices):
    """The last two digits that a changed price is rounded to."""

    ANY = "any", "Any"
    X95 = "95", "£…95"
    X99 = "99", "£…99"
    X00 = "00", "£…00"


class Source(TextChoices):
    """Who writes: what a person writes by hand is kept from feeds until it is unlocked."""

    PERSON = "person", "By hand"
    FEED = "feed", "Stock feed"
    API = "api", "Stock API"
    SYSTEM = "system", "The marketplace"
    BUYER = "buyer", "A buyer"


class PriceRating(TextChoices):
    """How an asking price stands to the value of such cars, cheapest first."""

    LOWER = "lower", "Lower price"
    GREAT = "great", "Great price"
    GOOD = "good", "Good price"
    FAIR = "fair", "Fair price"
    HIGHER = "higher", "Higher price"


class ReservationSide(TextChoices):
    """Who reserved a car: only that side ends the reservation without being asked to."""

    FEED = "feed", "Stock feed"
    PERSON = "person", "Dealer"
    BUYER = "buyer", "Buyer"


class Confirmation(TextChoices):
    """Whether staff have looked at a name in the catalogue that a feed brought in."""

    CONFIRMED = "confirmed", "Confirmed"
    PENDING = "pending", "To be confirmed"


class Weekday(TextChoices):
    MONDAY = "monday", "Monday"
    TUESDAY = "tuesday", "Tuesday"
    WEDNESDAY = "wednesday", "Wednesday"
    THURSDAY = "thursday", "Thursday"
    FRIDAY = "friday", "Friday"
    SATURDAY = "saturday", "Saturday"
    SUNDAY = "sunday", "Sunday"


class NoRating(TextChoices):
    """Why a car has no price rating, each with a sentence for whoever asks; new ones at the end.

    The first four also leave it without a value.
    """

    UNKNOWN_MODEL = "unknown_model", "We have seen no car of this model for sale yet."
    FEW_COMPARABLES = "few_comparables", "Too few similar cars are for sale to know its value."
    FEW_DEALERS = "few_dealers", "The similar cars for sale belong to too few dealers."
    MISSING_DETAILS = "missing_details", "The advert does not say how old the car is, or its miles."
    NO_PRICE = "no_price", "The price is on application."
    WRITTEN_OFF = "written_off", "The car was once written off, which similar cars were not."
    TOO_OLD = "too_old", "The car is too old to be compared by age and mileage alone."
    NEARLY_NEW = "nearly_new", "The car is as good as new, and its price follows that of new cars."
    VALUE_OUT_OF_RANGE = "value_out_of_range", "Cars as cheap or as dear as this one are not rated."
    FEW_CLOSE_COMPARABLES = "few_close_comparables", "Too few of the cars for sale are close to it."
    WIDE_INTERVAL = "wide_interval", "Prices of similar cars lie too far apart."
    UNKNOWN_DERIVATIVE = (
        "unknown_derivative",
        "The advert does not say which version it is, and versions of this model differ too much.",
    )
    CHECK_PRICE = "check_price", "The price is far from what similar cars ask."
