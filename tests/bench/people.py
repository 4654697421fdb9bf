"""People who could be: names of several languages, addresses, states and roles in believable shares. Everything comes from the
seed: the same number of them is the same people, and the first thousand of a million are those of a thousand, but for their
times and what hangs on them."""
import base64
import itertools
import random
import re
from bisect import bisect
from dataclasses import dataclass
from functools import lru_cache

DAY = 86_400_000_000  # microseconds, as the databases count
SINCE = 3 * 365 * DAY  # how long ago the first of them came

# language: how many of a hundred; given names; family names. `name|ascii` says how an address writes it.
LANGUAGES = {
    "de": (30, "Anna Lena Mia Jürgen|juergen Björn|bjoern Stefan Thomas Katharina Sabine Lukas Jonas Felix Greta Hannah Käthe|kaethe "
               "Matthias Uwe Sören|soeren Claudia Heike Petra Andreas Michael Julia Laura Marie Paul Emil Frieda Anneliese Karl-Heinz",
           "Müller|mueller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer|schaefer Koch Bauer Richter Klein "
           "Wolf Schröder|schroeder Neumann Schwarz Zimmermann Braun Krüger|krueger Hofmann Hartmann Lange Strauß|strauss Groß|gross "
           "Vogel König|koenig Huber Kaiser Fuchs Lehmann Köhler|koehler Maier Walter Haas"),
    "en": (26, "Mary James Olivia Noah Emma Liam Charlotte Oliver Amelia Jack Sophie Harry Grace George Ruby Thomas Alice William Ella "
               "Henry Lucy Samuel Chloe Daniel Evie Edward Hannah Robert Sarah Michael Rachel David Laura Siobhán|siobhan",
           "Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Roberts Johnson Lewis Walker Robinson Wood Thompson White Watson "
           "Jackson Wright Green Harris Cooper King Lee Martin Clarke James Morgan Hughes O'Brien|obrien Murphy Kelly Hollis Okafor Patel"),
    "fr": (10, "Camille Léa|lea Manon Chloé|chloe Inès|ines Jules Hugo Lucas Gabriel Louis Raphaël|raphael Élodie|elodie Zoé|zoe Antoine "
               "Margaux Anne-Marie Jean-Luc François|francois Hélène|helene Mathieu",
           "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel Garcia David Bertrand "
           "Roux Vincent Fournier Lefèvre|lefevre Mercier Dupont Lambert Bonnet François|francois Noël|noel Diallo"),
    "es": (9, "Lucía|lucia Martina Sofía|sofia María|maria Hugo Mateo Martín|martin Pablo Alejandro Álvaro|alvaro Begoña|begona Carmen "
              "Josefa Andrés|andres Iñaki|inaki Rocío|rocio Javier Elena Marta Diego",
           "García|garcia Rodríguez|rodriguez González|gonzalez Fernández|fernandez López|lopez Martínez|martinez Sánchez|sanchez "
           "Pérez|perez Gómez|gomez Muñoz|munoz Ruiz Díaz|diaz Moreno Álvarez|alvarez Romero Navarro Torres Ibáñez|ibanez Vega Castro"),
    "it": (7, "Giulia Sofia Aurora Alice Ginevra Leonardo Francesco Alessandro Lorenzo Mattia Niccolò|niccolo Chiara Federica Marco Paolo",
           "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De Luca|deluca Costa D'Angelo|dangelo "
           "Mancini Lombardi Moretti Barbieri"),
    "pl": (6, "Zuzanna Julia Maja Małgorzata|malgorzata Łukasz|lukasz Paweł|pawel Michał|michal Jakub Antoni Agnieszka Bożena|bozena Piotr",
           "Nowak Kowalski Wiśniewski|wisniewski Wójcik|wojcik Kowalczyk Kamiński|kaminski Lewandowski Zieliński|zielinski "
           "Szymański|szymanski Woźniak|wozniak Dąbrowski|dabrowski Kozłowski|kozlowski Mazur"),
    "sv": (4, "Astrid Elsa Åsa|asa Göran|goran Björn|bjorn Lars Ingrid Maja Nils Sven Linnéa|linnea",
           "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Sjöberg|sjoberg Åkesson|akesson Lindqvist Bergström|bergstrom"),
    "tr": (3, "Ayşe|ayse Fatma Zeynep Mehmet Mustafa Emre Çağla|cagla Gülşen|gulsen Oğuz|oguz Selin",
           "Yılmaz|yilmaz Kaya Demir Şahin|sahin Çelik|celik Öztürk|ozturk Aydın|aydin Arslan Doğan|dogan Koç|koc"),
    "uk": (3, "Олена|olena Марія|maria Андрій|andrii Тарас|taras Ірина|iryna Дмитро|dmytro",
           "Шевченко|shevchenko Коваленко|kovalenko Бондаренко|bondarenko Ткаченко|tkachenko Мельник|melnyk"),
    "ja": (2, "太郎|taro 花子|hanako 健|ken 美咲|misaki 翔太|shota", "佐藤|sato 鈴木|suzuki 高橋|takahashi 田中|tanaka 山田|yamada 伊藤|ito"),
}
HOUSES = ("northlight silverfern bluefield harbourside oakandpine lumen-studio weissenberg atelier-moreau kontrast brightwater "
          "sommerfeld rivermouth stonebridge papierhaus meridian fotowerk greenhill lindenhof casa-verde ostwind").split()
PLACES = ["example", "example.com", "example.org", "example.net"]

# What an administrator calls it: how many of a thousand. The rest is in.
STATES = {"to_review": 30, "invited": 25, "rejected": 15, "user_deletion": 4, "locked": 12, "suspended": 8, "deleted": 10}
# Keys of the blueprint `asset-library`: how many of a thousand of those who have been let in.
ROLES = {"viewer": 560, "supplier": 250, "editor": 90, "editor supplier": 10, "administrator": 1, "support": 1}
# Each rare thing is there this often among the first of them, so that the smallest list has a whole page of it: state, role, name if it
# matters, what is left of `lucky` divided by seven if that does.
AT_LEAST = 60
FIRST = [
    *((state, "viewer", None, None) for state in ("to_review", "invited", "rejected", "suspended", "deleted")),
    ("user_deletion", "viewer", "Åsa Sjöberg", None), ("locked", "supplier", "Anna Müller", None),
    ("reviewed", "administrator", None, None), ("reviewed", "editor", None, None),
    ("reviewed", "support", None, None),
    ("reviewed", "viewer", None, 0), ("reviewed", "viewer", None, 1),
]

MESSAGES = ["", "", "I am new in the team of Katharina.", "Wir haben letzte Woche telefoniert.", "Please let me in, we start on Monday.",
            "Für das Shooting im Herbst.", "Bonjour, je travaille avec Camille sur le catalogue."]
REASONS = ["We do not know this person.", "Bitte die Firmenadresse benutzen.", "Left the company.", "Already has an account here."]

# --- the words of the search, as crates/tenant/src/members/words.rs writes them ---

FOLDS = {"a": "àáâãäåāăą", "c": "çćč", "d": "ďđ", "e": "èéêëēėęě", "g": "ğ", "i": "ìíîïīįı", "l": "ł", "n": "ñńň", "o": "òóôõöøōő",
         "r": "ř", "s": "śšşș", "t": "ťţț", "u": "ùúûüūůű", "y": "ýÿ", "z": "źżž", "ss": "ß", "ae": "æ", "oe": "œ"}
FOLD = str.maketrans({letter: plain for plain, letters in FOLDS.items() for letter in letters}
                     | {chr(accent): "" for accent in range(0x300, 0x370)})
SPLIT = re.compile(r"[\W_]+")


DIGITS = re.compile(r"\d")


@lru_cache(maxsize=4_096)
def words_of(text):
    """With digits: behind a mark, and the letters before them."""
    words = (word.encode()[:60].decode(errors="ignore") for word in SPLIT.split(text.lower().translate(FOLD)))
    marked = (part for word in words for part in (("\x01" + word, DIGITS.split(word)[0]) if DIGITS.search(word) else (word,)))
    return frozenset(word.encode() for word in marked if word)


@dataclass(slots=True)
class Person:
    account: bytes
    member: bytes
    subject: str
    given: str
    family: str
    email: str
    locale: str
    state: str          # a key of STATES, or reviewed
    roles: list
    by_invitation: bool
    came: int           # times, in microseconds
    decided: int
    changed: int
    seen: int | None
    words: list
    text: str           # what they or an administrator wrote
    lucky: int          # 64 random bits, for whatever else is needed

    @property
    def sort_name(self):
        return f"{self.family} {self.given}".lower()

    @property
    def provider(self):
        return "contoso" if self.comes_and_looks and self.lucky % 7 == 0 else None

    @property
    def kept_by(self):
        return "directory" if self.comes_and_looks and self.lucky % 7 == 1 else None

    @property
    def comes_and_looks(self):
        return self.state == "reviewed" and self.roles == ["viewer"]


def shares(weights):
    """Running sums, for choosing by weight."""
    return list(itertools.accumulate(weights))


def spelt(text):
    """(name, as an address writes it). `De Luca` is one name."""
    pairs = [name.partition("|") for name in re.findall(r"(?:De )?\S+", text)]
    return [(name, plain or re.sub(r"[^a-z-]", "", name.lower())) for name, _, plain in pairs]


def named(name, languages):
    """The language that has both names, and each as `spelt` has it."""
    for language, givens, families in languages:
        for given, family in itertools.product(givens, families):
            if f"{given[0]} {family[0]}" == name:
                return language, given, family
    raise LookupError(name)


def uuid7(at, random_bits):
    """RFC 9562 §5.7, of a time in microseconds."""
    return ((at // 1_000) << 80 | 7 << 76 | (random_bits >> 62 & 0xfff) << 64 | 2 << 62 | random_bits & (1 << 62) - 1).to_bytes(16, "big")


def people(count, now, seed=1):
    """`count` of them, one after the other, the oldest first."""
    dice = random.Random(seed)
    pick, bits = dice.random, dice.getrandbits
    languages = [(language, spelt(given), spelt(family)) for language, (_, given, family) in LANGUAGES.items()]
    by_language = shares(weight for weight, *_ in LANGUAGES.values())
    states, by_state = [*STATES, "reviewed"], shares(STATES.values())
    roles, by_role = [*ROLES, None], shares(ROLES.values())
    domains = [f"{house}.{place}" for house in HOUSES for place in PLACES]
    first = [(state, role, named(name, languages) if name else None, rest) for state, role, name, rest in FIRST]
    namesakes = {}
    for number in range(count):
        language, givens, families = languages[bisect(by_language, pick() * 100)]
        # Some names are much more frequent than others.
        given, family = givens[int(len(givens) * pick() ** 1.6)], families[int(len(families) * pick() ** 1.6)]
        group, rest = number // AT_LEAST, None
        if group < len(first) and first[group][2]:
            language, given, family = first[group][2]
        (given, plain_given), (family, plain_family) = given, family
        local = f"{plain_given}.{plain_family}"
        namesake = namesakes[local] = namesakes.get(local, 0) + 1
        if namesake > 1:
            local += str(namesake)
        domain = domains[int(len(domains) * pick() ** 2)]
        state, role = states[bisect(by_state, pick() * 1_000)], roles[bisect(by_role, pick() * 1_000)]
        if group < len(first):
            state, role, _, rest = first[group]
        if state in ("to_review", "rejected"):
            role = None
        came = now - SINCE + int(SINCE * (number + pick()) / (count + 1))
        # Who was deleted longer ago than they may come back would be purged at once.
        recently = now - int(pick() * 29 * DAY)
        decided = min(came + int(pick() * 5 * DAY), now)
        changed = max(recently, decided) if state in ("deleted", "user_deletion", "suspended", "locked") else decided
        seen = None if state in ("to_review", "rejected", "invited") else max(decided, now - int(pick() ** 3 * 400 * DAY))
        # The address' own words: those of the plain names, the last of them with the number.
        own = words_of(f"{plain_given}.{plain_family}")
        if namesake > 1:
            own |= {b"\x01" + local.rpartition(".")[2].encode()}
        words = sorted(words_of(given) | words_of(family) | words_of(domain) | own)[:24]
        lucky = bits(64)
        lucky -= 0 if rest is None else lucky % 7 - rest
        yield Person(
            uuid7(came, bits(74)), uuid7(came, bits(74)), base64.urlsafe_b64encode(bits(128).to_bytes(16, "big")).decode().rstrip("="),
            given, family, f"{local}@{domain}", language, state, role.split() if role else [], lucky & 3 == 0 or state == "invited",
            came, decided, changed, seen, words,
            REASONS[lucky >> 2 & 3] if state == "rejected" else MESSAGES[(lucky >> 4) % 7], lucky)
