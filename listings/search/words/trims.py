"""Words that look like a slip of something else and are none."""

from listings.search.words.table import words_of

TRIMS = words_of(
    """
    active allure ambition amg autobiography avant back badge bluetooth boot bose business buzz
    camera carbon carplay classe climate comfort competition connecta contrast county cross
    cruise design driver dynamic dynamique edition edrive ehybrid elegance energy exclusive
    executive feel flair full game ghia glass harman head heated high history home hse icon
    iconic insurance invite isofix kardon launch leather limited line live loaded lounge love
    luxury match matic mhev monte mot motability move nav navi navigator night panoramic parking
    performance plus premium prestige pure race rear rock roof ruby sahara satnav saver sdrive
    sensors shine shvs sign signature smoke sound spec special speed sportback sportive
    sportline sports sporty standard startline style sunroof tdi tech technik techno tekna test
    titanium tourer touring tow towbar trade trek trend turbo ultimate ultra vogue warranty
    wheels winter xdrive xenon xtron zetec
    """
)
# Everyday words that stand beside what a buyer asks for, and are none of it.
ORDINARY = words_of(
    """
    action agent also approval approximate approximately areas audio audit automated backward bank
    banner barn barrier base bases beast beater block blow board born boston boxed boxes brakes
    broke bulk cameras carbs card cards care cared carer cargo caring carp carried case cash cause
    cell cells chair chance change changed changes check checked chip chop class clean cleaned
    clear click clip clock close closed closer cloth coast cold comes commands commute compact
    complaint computer condition connect cope core couple court cover crude cups damages deal
    dealers dear deep demo derive dirt dirty discount discounted discover discovered dogs doubled
    down drawn drivers drop dull early edges else engines enough ever everyone export express
    extensive face fact fair fall fallback feed feeds feel fees fell felt fill filled finds fine
    finest fire firewall fish fits flat fold food font form forms forth forum frost funny gets
    ghost girl gloss goods grade grand grip group guest half handle hands handy hang hard head
    heater hell help herself hide hill hires history holiday hood hook hope horn hose hosting
    hotel hour house huge hugh hung ideal ideas impossible inner insert insured interest
    internal issue issued knob known lady lamb lamp late later latter layer leak lease leaves less
    lets letter liked likes limits limo linear link lips lists lively loaded loan local locals
    lock locking login loop lost lots louder loyal luck luggage lump mail march mark masks master
    match material maximal meant meet menu mess metal might mile mind mine mirror month more
    mother much multiple must near neat neither nine nobody none noted notes omission orders owed
    owns pace pads page paid paint panels parties parts party pass paste pause person personal
    piece place plane plates play plush pole poor pose posh post pots power prime print probe
    promotion prove provide quad quiet rally reach read real reality rear reason recent reduce
    relax remember repair replay resolution restarting return rise road roads rocket role roll
    rolls roof room roots round route rush rust safe safer said sale sales salt same sand save
    saved school search seen sell seller sense served serves service services shall share sharp
    shed shift ship shop shops short shot shots showed shows side signs single site sites sits size
    sized slab slide slow smart snow soap solid solution solve some soon sort soup spec splash
    split spot spots stack stage stale stand start starting state states stating station stats
    stay steal steel stem step steps stereo still stock stop store storm story stuck suit
    surface surge surrogate swan swim tail take taken tales talk tall tank tape task taxi team
    tear teeth tell test text theme there these they thick thin thing think those tight
    tile time times tint tiny tips tired toll took tool tour town toys track tracks trail train
    transmit transport trap traffic tray tree trial trick trip trouble trunk trust tube turn types
    tyre tyres unused upper user uses valley values vary vast verb vintage wait waited walk
    walled warm warn wash wasted watch water weak wear weather week well went wheel while wide
    wild will wine wing wins wipe wire wise wish wolf wont word words worth write wrong yard
    year
    """
)
