"""Words that look like a slip of something else and are none."""

from listings.language.query.table import words_of

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
    action adams agent agents also approval approximate approximately areas audio audit automated
    backward bank banner barn barrier base bases beast beater block blow board born boston boxed
    boxes brakes broke bulk cameras carbs card cards care cared carer cargo caring carp carried case
    cash cause cell cells chair chance change changed changes check checked cherry chip chop class
    clean cleaned clear click clip clock close closed closer cloth coast cold comes commands commute
    compact complaint computer condition connect convey cope core couple court cover crafted crude
    cups damages deal dealers dear deep demo derive dirt dirty discount discounted discover
    discovered dogs doubled down drawn drivers drop dull early edges else engines enough escape
    europe ever everyone excerpt experience export express extensive face fact fair fall fallback
    feed feeds feel fees fell felt fill filled finds fine finest fire firewall fish fits flat fold
    font food form forms forth forum frost funny gets ghost girl gloss goods grade grand grip group
    guest half handle hands handy hang hard head heater hell help herself hide hill hires history
    holiday hood hook hope horn hose hosting hotel hour house huge hugh hung ideal ideas impossible
    inner insert insured interest interesting internal international issue issued junk knob known
    lady lamb lamp lamps late latent later latter layer lead leak lease leaves less lets letter
    lifted liked likes limits limo linear link lips lists lively loaded loan local locals lock
    locking login loop loss lost lots louder loyal luck luggage lump lyon mail march margin mark
    masks master match material maximal meant meet menu mess metal might mile mind mine mirror
    monkey month more mother much multiple must near neat neither next nine nobody none noted notes
    omission orders owed owns pace pads page paid paint panels parties parts party pass paste pause
    permission person personal persons piece place plane plates play plush pole poor pose posh post
    pots power presence prime print printer probe promotion prove provide quad quiet rally reach
    read real reality rear reason recent reduce relax remember repair replay resolution restarting
    return rise road roads rocket role roles roll rolls roman roof room roots round route rush rust
    safe safer said sake sale sales salt same sand sane save saved school search seen sell seller
    send sense served serves service serviced services shall share sharp shed shift ship shop shops
    short shot shots showed shows side signs single site sites sits size sized slab slide slow smart
    snow soap solid solution solve some soon sort soup spec spent splash split splitter spot spots
    stack stage stale stand standing start starting state states stating station stats stay steal
    steel stem step steps stereo sterling sticky still stock stop store storm story stricter stuck
    suit sure surface surge surrogate swan swim tail take taken tales talk tall tank tape task taxi
    team tear teeth tell test text them theme there these they thick thin thing think those tight
    tile time times tint tiny tips tired toll took tool tour towing town toys track tracks traffic
    trail train trait transmit transport trap tray tree trial trick tricks trip trouble trunk trust
    tube turn types tyre tyres unused upper user uses valley values vary vast verb vintage wait
    waited walk walled warm warn warp wash wasted watch water weak wear weather week well went wheel
    while wide wild will window wine wing wins wipe wire wise wish wolf wong wont word words worth
    write wrong yard year
    """
)
