"""The values an advert's fields can take: stored in lower case, shown in the trade's words."""

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
