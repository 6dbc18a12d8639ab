"""What the people of the demo clinic asked in French. All of it made up."""

from server.seeding.forum_post import DAY, Ask, Said

FRENCH = (
    Ask(
        author="ines",
        minutes_ago=21 * DAY,
        title="Comment préparer un premier entretien à l'hôpital ?",
        text="Je passe mon premier entretien d'**infirmière** dans deux semaines.\n\n- Faut-il apporter un dossier ?\n"
        "- Quelles questions reviennent toujours ?",
        tags=("carrière", "entretien", "infirmière"),
        ups=("paul", "david", "sofia", "amelie"),
        answers=(
            Said(
                "sofia",
                95,
                "Trois choses comptent :\n\n1. **connaître le service** (nombre de lits, spécialité) ;\n"
                "2. raconter *une* situation difficile et ce que vous en avez appris ;\n3. poser vous-même deux questions.\n\n"
                "Le dossier : CV, diplômes, attestation de vaccination.",
                ups=("ines", "paul", "david", "dr.martin"),
                accepted=True,
            ),
            Said("dr.petit", 400, "Arrivez dix minutes en avance, et dormez la veille : on le voit.", ups=("ines",)),
        ),
    ),
    Ask(
        author="paul",
        minutes_ago=18 * DAY,
        title="Reprendre des études à 40 ans, est-ce raisonnable ?",
        text="Aide-soignant depuis quinze ans, je voudrais devenir infirmier. Qui l'a fait, et comment avez-vous tenu ?",
        tags=("reconversion", "études"),
        ups=("ines", "sofia"),
        answers=(
            Said(
                "david",
                300,
                "Oui. Le plus dur est la première année ; faites valider vos acquis, cela ôte un an.",
                ups=("paul",),
            ),
            Said(
                "dr.nguyen",
                DAY,
                "J'ai commencé la médecine à 34 ans. Prévenez votre famille, et gardez **un soir par semaine** sans livre.",
                ups=("paul", "ines", "sofia"),
                accepted=True,
            ),
        ),
    ),
    Ask(
        author="amelie",
        minutes_ago=15 * DAY,
        title="Mesurer sa tension à la maison : matin ou soir ?",
        text="Mon appareil donne 14/8 le matin et 12/7 le soir. Laquelle faut-il noter ?",
        tags=("tension", "prévention"),
        ups=("karim",),
        answers=(
            Said(
                "dr.martin",
                60,
                "Les deux. Trois mesures le matin, trois le soir, trois jours de suite, assis depuis cinq minutes : "
                "c'est la moyenne qui compte.\n\n> Ceci ne remplace pas une consultation.",
                ups=("amelie", "karim", "lucie"),
                accepted=True,
            ),
        ),
    ),
    Ask(
        author="karim",
        minutes_ago=12 * DAY,
        title="Partir étudier au Canada avec un diplôme français",
        text="Mon diplôme de kinésithérapeute est-il reconnu au Québec ? Combien de temps dure la démarche ?",
        tags=("canada", "diplôme", "kinésithérapie"),
        ups=("paul", "ines"),
        answers=(
            Said(
                "david",
                500,
                "Il existe un arrangement France–Québec : comptez huit à douze mois.",
                ups=("karim",),
                accepted=True,
            ),
            Said("sofia", 700, "Et demandez le permis de travail en même temps, pas après.", ups=("karim", "paul")),
        ),
    ),
    Ask(
        author="lucie",
        minutes_ago=9 * DAY,
        title="Comment parler d'un burn-out à son chef de service ?",
        text="Je dors mal depuis des mois. J'ai peur que cela se retourne contre moi.",
        tags=("santé-au-travail", "burn-out"),
        ups=("ines", "paul", "sofia", "david", "karim"),
        pseudonym="Une soignante fatiguée",
        answers=(
            Said(
                "sofia",
                45,
                "D'abord le **médecin du travail** : il est tenu au secret. Ensuite le chef, avec une demande précise.",
                ups=("lucie", "paul", "ines"),
                accepted=True,
            ),
            Said("paul", 600, "Courage. Cela m'est arrivé, et en parler a été le début de la fin.", ups=("lucie",)),
        ),
    ),
    Ask(
        author="ines",
        minutes_ago=6 * DAY,
        title="Quels livres pour apprendre l'anatomie sans se décourager ?",
        text="Les atlas de la bibliothèque sont énormes. Par quoi commencer ?",
        tags=("études", "anatomie"),
        answers=(
            Said("dr.petit", 900, "Un cahier de coloriage d'anatomie. Ce n'est pas une blague.", ups=("ines", "paul")),
        ),
    ),
    Ask(
        author="paul",
        minutes_ago=4 * DAY,
        title="Faut-il accepter un poste de nuit en début de carrière ?",
        text="On me propose un poste de nuit, mieux payé. Vos expériences ?",
        tags=("carrière", "horaires"),
        ups=("ines",),
        answers=(
            Said("david", 200, "Un an, pas plus : on apprend vite, parce qu'on est seul.", ups=("paul",)),
            Said("dr.martin", 320, "Seulement si vous dormez bien le jour.", downs=("ines",)),
        ),
    ),
    Ask(
        author="amelie",
        minutes_ago=3 * DAY,
        title="Combien de temps garder ses comptes rendus d'examens ?",
        text="J'ai trois classeurs pleins. Puis-je jeter les plus anciens ?",
        tags=("dossier-médical",),
        answers=(
            Said(
                "dr.nguyen",
                80,
                "Les opérations et les imageries : toujours. Les prises de sang : deux ans.",
                ups=("amelie",),
            ),
        ),
    ),
    Ask(
        author="karim",
        minutes_ago=DAY,
        title="Trouver un mentor quand on vient d'un petit hôpital",
        text="Chez nous il n'y a qu'un seul senior. Comment trouver quelqu'un ailleurs ?",
        tags=("mentorat",),
        ups=("paul",),
    ),
    Ask(
        author="lucie",
        minutes_ago=180,
        title="Peut-on courir avec une prothèse de genou ?",
        text="Mon opération date de six mois, et la marche ne me fait plus mal.",
        tags=("genou", "sport"),
    ),
)
