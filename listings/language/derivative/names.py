"""The words and phrases of UK derivatives, and what each one states.

A row lists canonical spellings separated by commas; `A|B` spells the same thing twice and is
written back as `A`. Spaces and hyphens inside a name are optional when reading: `S Tronic` also
covers `S-Tronic` and `STronic`. Spellings are those of CAP, Glass's, Auto Trader and Parkers.
"""

from dataclasses import replace
from typing import NamedTuple

from listings.choices import BodyType, Drivetrain, Transmission
from listings.language.derivative.facts import Facts, Mark, Slot


class LexiconRow(NamedTuple):
    """Names that state the same; not where one of `unless_next` follows ("Auto Lights")."""

    facts: Facts
    names: str
    unless_next: frozenset[str] = frozenset()
    only_after_litres: bool = False


def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGINE = Facts("", Slot.ENGINE)
_BADGE = replace(_ENGINE, takes_power=True)
_AUTOMATIC = Facts("", Slot.GEARBOX, transmission=Transmission.AUTOMATIC)
_MANUAL = Facts("", Slot.GEARBOX, transmission=Transmission.MANUAL)
_FOUR_WHEEL = Facts("", Slot.DRIVE, drivetrain=Drivetrain.FOUR_WHEEL)

# "Auto Lights", "Automatic Tailgate", "Manual Roof", "Electric Seats": equipment, not the car.
_EQUIPMENT = _keys(
    """
    lights light headlights headlight headlamps headlamp lamps wipers wiper tailgate boot bootlid
    park parking dim dimming climate air aircon a/c ac folding hold roof hood sunroof seat seats
    window windows mirror mirrors handbrake brake start stop start/stop stop/start locking blinds
    hitch sliding tge
    """
)
_ELECTRIC_EQUIPMENT = _EQUIPMENT | _keys(
    """
    pack tow door doors front rear driver drivers heated memory glass panoramic soft steps power
    side steering leather pas hatch
    """
)

ROWS: tuple[LexiconRow, ...] = (
    LexiconRow(
        replace(_BADGE, marks=(Mark.DIESEL,)),
        """
        TDI, BiTDI, SDI, TDCi, TDdi, EcoBlue, Duratorq, HDi, BlueHDi, e-HDi, vHDi, dCi, Blue
        dCi, Energy dCi, dTi, CDTi, CTDi, DTR, Turbo D|Turbo Diesel, CDI, BlueTEC, CRDi, CRDi
        VGT, VGT, VGTi, CRD, Multijet|MultiJet II|M-Jet|MJet|Multi-Jet, MJTD, JTD, JTDM|JTDm-2,
        D-4D|D4-D, D-CAT, i-DTEC|iDTEC|DTEC, i-CTDi, DDiS, DI-D|DI-DC, SKYACTIV-D|Skyactiv D,
        e-SKYACTIV D, MZR-CD, TiD, TTiD, XDi, e-XDi, TD, TDS, TDX, GTD, TDV6|TD V6, TDV8|TD V8,
        TDVi, SDV6|SD V6, SDV8|SD V8, TD4, TD5, TD6, SD4, eD4, 300Tdi, 200Tdi, V6d, B4D, B5D,
        DPF, AdBlue, Cooper D, Cooper SD, One D
        """,
    ),
    LexiconRow(
        replace(_ENGINE, marks=(Mark.DIESEL,), is_fuel_word=True),
        "Diesel",
    ),
    LexiconRow(
        replace(_BADGE, marks=(Mark.PETROL,)),
        """
        TSI, TFSI, FSI, MPI, EcoBoost, Duratec, Ti-VCT, VTi, VTi-TECH, THP, HPi, PureTech, TCe,
        SCe, DIG-T, DIG-S, IG-T, VVT-i|VVTi|Dual VVT-i, VVTL-i, Valvematic, VTEC, i-VTEC, VTEC
        Turbo, i-DSI, GDi|GDI, T-GDi, MPFi, CVVT, D-CVVT, CVVL, MIVEC, SKYACTIV-G|Skyactiv G,
        SKYACTIV-X|Skyactiv X, Boosterjet, Dualjet, TwinAir, MultiAir, TBi, T-Jet, FireFly, JTS,
        Twin Spark|T-Spark, CGI, Kompressor, DIT, Si4, Si6, GTDi, SIDI, Twinport, B4P, B5P, B6P,
        GTI, D-4S
        """,
    ),
    LexiconRow(replace(_ENGINE, marks=(Mark.PETROL,)), "Supercharged"),
    LexiconRow(
        replace(_ENGINE, marks=(Mark.PETROL,), is_fuel_word=True),
        "Petrol|Gasoline|Unleaded",
    ),
    LexiconRow(
        replace(_ENGINE, marks=(Mark.MILD_HYBRID,)),
        """
        MHEV, MHT, MHD, Mild Hybrid, 48V, 48V Hybrid, 12V Hybrid, 12V MHEV, SHVS, EQ Boost
        """,
    ),
    LexiconRow(
        replace(_BADGE, marks=(Mark.MILD_HYBRID, Mark.PETROL)),
        # Ford's and Suzuki's petrol turbos with "Hybrid" are mild hybrids; their full and plug-in
        # ones say FHEV, Full Hybrid or PHEV.
        """
        eTSI, EcoBoost Hybrid, EcoBoost Hybrid mHEV, e-SKYACTIV G, e-SKYACTIV X, Boosterjet
        Hybrid, DIG-T MH|DIG-T MHEV, Dualjet Hybrid
        """,
    ),
    LexiconRow(
        replace(_BADGE, marks=(Mark.MILD_HYBRID, Mark.DIESEL)),
        "EcoBlue Hybrid, EcoBlue Hybrid mHEV",
    ),
    LexiconRow(
        replace(_ENGINE, marks=(Mark.HYBRID,)),
        """
        Hybrid, HEV, FHEV, SHEV, Full Hybrid, Self Charging, Self Charging Hybrid, e:HEV|eHEV,
        i-MMD, IMA, VVT-h, e-Power, ActiveHybrid, Hybrid+, HSD, h-GDi, h T-GDi, Petrol
        Hybrid|Petrol/Hybrid, Petrol Electric|Petrol/Electric, Diesel Electric|Diesel/Electric,
        h-TGDi, Turbo e-Hybrid, HDi Hybrid4, e-HDi Hybrid4
        """,
    ),
    LexiconRow(
        replace(_ENGINE, marks=(Mark.PLUG_IN,)),
        """
        PHEV, Plug-in, Plug-in Hybrid|Plugin Hybrid, Petrol Plug-in Hybrid, Diesel Plug-in
        Hybrid, TFSI e|TFSIe, TSI e, GTE, e-Hybrid|eHybrid, TSI e-Hybrid, T8, Twin Engine, T8
        Twin Engine, 4xe, DM-i, SHS, Super Hybrid, Range Extender, REx, REEV, R-EV, e:PHEV, EQ
        Power, T6 Twin Engine, T5 Twin Engine, T6 Recharge, T5 Recharge, T8 Recharge
        """,
    ),
    LexiconRow(
        replace(_ENGINE, marks=(Mark.ELECTRIC,)),
        """
        EV, BEV, Pure Electric, All Electric, Fully Electric, Electric Drive, Mach-E, e-Golf,
        e-Up, e-NV200, e-Niro, e-Soul, Corsa-e, Mokka-e, Combo-e, Vivaro-e, Zafira-e, Astra-e,
        e-Berlingo, e-Dispatch, e-Expert, e-Partner, e-Rifter, e-Traveller, e-SpaceTourer,
        e-Transit, E-Transit Custom, e-Tourneo, e-Vito, eVito, e-Sprinter, eSprinter, e-Doblo,
        e-Scudo, e-Ulysse, e-Ducato, e-Relay, e-Movano, e-Crafter, e-Deliver, e-C4 X, Z.E|ZE,
        ZE40, ZE50, Cooper Electric, e-tron GT, iX1, iX2, iX3, e:Ny1, Zero Emission
        """,
    ),
    LexiconRow(
        replace(_ENGINE, marks=(Mark.PLUG_IN_OR_ELECTRIC,)), "e-tron, E-Tense, iV, Recharge"
    ),
    LexiconRow(
        replace(_ENGINE, marks=(Mark.HYBRID_WITH_ENGINE,)),
        "E-Tech, E-Tech Hybrid, E-Tech Full Hybrid",
    ),
    LexiconRow(replace(_ENGINE, marks=(Mark.UNCLEAR_HYBRID,)), "e-Boxer, Hybrid4"),
    LexiconRow(
        replace(_ENGINE, marks=(Mark.LPG,)),
        "LPG, Bi-Fuel, Dual Fuel, Petrol/LPG, Petrol LPG, GPL, Autogas",
    ),
    LexiconRow(replace(_ENGINE, marks=(Mark.HYDROGEN,)), "Hydrogen, Fuel Cell, FCEV, FCV"),
    LexiconRow(_ENGINE, "V6, V8, V10, V12, W12, W16, TwinPower, BiTurbo, Twin Turbo, ACT"),
    LexiconRow(
        _AUTOMATIC,
        "Auto|Automatic|Automat|Automati|Auto Gearbox|Automatic Transmission|A/T",
        unless_next=_EQUIPMENT,
    ),
    LexiconRow(
        _AUTOMATIC,
        """
        Semi-Auto|Semi-Automatic|S-A|S/A, Automated Manual, Step Auto|Steptronic, Tip Auto,
        Tiptronic, Tiptronic S, S Tronic|S Tron, R Tronic, G-Tronic, G-Tronic+, 7G-Tronic|7G-Tron,
        7G-Tronic Plus, 7G-Tronic+, 9G-Tronic|9G-Tron, 9G-Tronic+, 5G-Tronic, 7G-DCT, 8G-DCT,
        9G-DCT, 8G-DCT+, Speedshift, MCT, Multitronic, Xtronic|X-Tronic|XTRON, CVT, e-CVT,
        CVTi-S, CVT-i, Lineartronic, Selespeed, Dualogic, Duologic, Easytronic, Geartronic, DCT,
        7DCT, 6DCT, 8DCT, DCT7|DCT-7, DDCT, e-DCT, eDCT6, eDCS6, e-DCS6, e-DSC6, DSG, DSG7, DSG-7,
        DSG-6, PDK, EDC, EDC6, EAT, EAT6, EAT8, ETG, ETG5, ETG6, EGC, EGS, EGS6, EMG, EMG6,
        Powershift, Power Shift, SelectShift, AMT, ASG, AGS, MMT, M-MT, Multidrive, Multidrive
        S, SensoDrive, Quickshift, SMG, SMG II, SMG III, DKG, M DCT, M DKG, TCT, TC-SST, SST,
        Q-Tronic, Sportronic, Sportshift, Sportshift II, Sportshift III, Sportmatic,
        Touchtronic, Touchtronic 2, Touchtronic 3, i-Shift, E-Gear, DHT, Softouch, Softip,
        Twinamic, Durashift, Durashift EST, Allshift, X-Shift, Activematic, Comfort-Matic,
        TwinDrive, Autoshift, Auto Gear Shift, Hypertronic, DuoSelect, Twin Clutch, Twin Clutch
        SST, Dual Clutch, 2-Tronic, Multimode, Hi-Matic, SSG, LDF, IVT
        """,
    ),
    LexiconRow(
        # PSA's plug-in hybrids alone have this gearbox.
        replace(_AUTOMATIC, marks=(Mark.PLUG_IN,)),
        "e-EAT8, e-EAT",
    ),
    LexiconRow(
        _MANUAL,
        "Manual|Man|Manual Gearbox|Manual Transmission|M/T",
        unless_next=_EQUIPMENT - _keys("start stop start/stop stop/start"),
    ),
    LexiconRow(_MANUAL, "iMT, 6iMT"),
    LexiconRow(
        _FOUR_WHEEL,
        """
        4WD, 4WDE, AWD, SH-AWD, 4x4|4 x 4, AWD-i, 4x4-i, All Wheel Drive, Four Wheel Drive, 4
        Wheel Drive, quattro, ultra quattro, xDrive|x-Drive, 4MATIC|4-MATIC, 4MATIC+|4-MATIC+,
        4MOTION|4-MOTION, 4Drive, ALL4, ALLGRIP, e-4WD, E-Four, e-4ORCE, XWD, Syncro, Dual
        Motor, Twin Motor, Symmetrical AWD, e-AWD, i-AWD, Intelligent AWD, S-AWC
        """,
    ),
    LexiconRow(
        Facts("", Slot.DRIVE, drivetrain=Drivetrain.FRONT_WHEEL),
        "FWD, Front Wheel Drive",
    ),
    LexiconRow(
        Facts("", Slot.DRIVE, drivetrain=Drivetrain.REAR_WHEEL),
        "RWD, Rear Wheel Drive",
    ),
    # Driven at the front or the rear according to the model and year, so no drivetrain.
    LexiconRow(Facts("", Slot.DRIVE), "2WD, sDrive, eDrive, 4x2"),
    LexiconRow(Facts("", Slot.BODY, body=BodyType.HATCHBACK), "Hatchback, Hatch"),
    LexiconRow(Facts("", Slot.BODY, body=BodyType.SALOON), "Saloon, Sedan"),
    LexiconRow(
        Facts("", Slot.BODY, body=BodyType.ESTATE),
        """
        Estate, Sports Estate, Avant, allroad, Alltrack, Touring, Touring Sports, Sports Tourer,
        Sport Tourer, SW, Sportswagon, Sportwagon, Sportbrake, Shooting Brake, Wagon
        """,
    ),
    LexiconRow(Facts("", Slot.BODY, body=BodyType.SUV), "SUV, SUV Coupe|Coupe SUV"),
    LexiconRow(Facts("", Slot.BODY, body=BodyType.COUPE), "Coupe"),
    LexiconRow(
        Facts("", Slot.BODY, body=BodyType.CONVERTIBLE),
        """
        Cabriolet, Cabrio, Convertible, Roadster, Spider, Spyder, Volante, Drophead, Coupe
        Cabriolet|Coupe-Cabriolet, Coupe Convertible, Drophead Coupe
        """,
    ),
    LexiconRow(
        Facts("", Slot.BODY, body=BodyType.MPV),
        "MPV, Active Tourer, Gran Tourer, People Carrier",
    ),
    LexiconRow(
        Facts("", Slot.BODY, body=BodyType.PICKUP),
        """
        Pickup|Pick Up, Double Cab Pick Up|D/Cab Pick Up|DCab Pick Up, Single Cab Pick Up, King
        Cab Pick Up, Pickup Double Cab, Extended Cab Pick Up
        """,
    ),
    LexiconRow(
        Facts("", Slot.BODY, body=BodyType.VAN),
        """
        Van, Panel Van, Crew Van, Kombi Van, Combi Van, Window Van, High Roof Van, Crew Van
        Double Cab, Double Cab In Van
        """,
    ),
    LexiconRow(Facts("", Slot.BODY, body=BodyType.MINIBUS), "Minibus|Mini Bus"),
    LexiconRow(
        # Names that contain a marker and do not mean it: a Gran Coupe is a four- or five-door,
        # an e-Power Tailgate is equipment.
        Facts("", Slot.TRIM),
        """
        Gran Coupe, Grand Coupe, Four Door Coupe, Roadster Coupe, GT3 Touring, Tesla Roadster,
        Camper Van, Motor Home, Gran Turismo, Auto Lights, Auto Stop, Auto High Beam, Electric
        Blue, Electric Red, Electric Black, Sport Estate, Manual Mode, Auto Union, Hybrid
        Infotainment, Grand Touring, 4 Door Coupe, Station Wagon, Utility Wagon, non Start Stop,
        No Start Stop|No Start/Stop, non s/s, no s/s
        """,
    ),
    LexiconRow(
        Facts("", Slot.VALUE, stop_start=True),
        # ISG is Hyundai's and Kia's "Idle Stop and Go". A bare SS is a trim (Monaro, Camaro).
        """
        s/s, Start Stop|Start/Stop, Stop Start|Stop/Start, Auto Start Stop|Auto Start/Stop, Auto
        Stop Start|Auto Stop/Start, S&S|S+S, ISG, Stop & Start|Start & Stop, StopStart, [ ss ]
        """,
    ),
    LexiconRow(
        replace(_ENGINE, marks=(Mark.ELECTRIC,), is_fuel_word=True),
        "Electric",
        unless_next=_ELECTRIC_EQUIPMENT,
    ),
    # Volvo's and Alpina's.
    LexiconRow(replace(_BADGE, marks=(Mark.DIESEL,)), "D2, D3, D4, D5"),
    # Volvo's T2 to T6 and "Turbo" name a petrol engine where they follow its size; elsewhere they
    # are Volkswagen's vans and Porsche's trims.
    LexiconRow(
        replace(_ENGINE, marks=(Mark.PETROL,)), "T2, T3, T4, T5, T6", only_after_litres=True
    ),
    LexiconRow(replace(_ENGINE, marks=(Mark.PERHAPS_PETROL,)), "Turbo", only_after_litres=True),
)
