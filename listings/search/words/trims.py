"""Words of titles that look like a slip of something else and are none."""

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
