"""What reports say in English, phrase by phrase."""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "title": "Plan of help",
    "synthetic": "Synthetic data. The pupils, professionals and schools in this report do "
    "not exist.",
    "proposal": "This is a proposal. Professionals decide, together with pupils and parents.",
    "made": "Made on {date} · scenario {scenario}",
    "made_plain": "Made on {date}",
    "contents": "Contents",
    "headline": "Help for {served} of {pupils} pupils",
    "headline_more": "It is expected to avert {benefit} weighted adverse outcomes; nine times in "
    "ten between {low} and {high}.",
    "proof_optimal": "It is the best plan there is within these hours and rules; the prices of the "
    "hours prove it.",
    "proof_exact": "It is the best plan there is within these hours and rules (to {gap}), as a "
    "solver proved; by the prices of the hours alone, none can be more than {plain} better.",
    "proof_gap": "No plan within these hours and rules can do more than {gap} better. That is "
    "proven, not estimated.",
    "proof_solver": "No plan within these hours and rules can do more than {gap} better, as a "
    "solver proved; by the prices of the hours alone, none can be more than {plain} better.",
    "proof_stopped": "The search stopped at its limit.",
    "proof_by_prices": "by the prices of the hours",
    "proof_by_solver": "by a solver",
    "proof_by_exact": "by a solver that searched to the end",
    "proof_none": "The search ended too early to say how much better a plan could be.",
    "fact_served": "pupils offered help",
    "fact_served_of": "of {eligible} who may be offered help",
    "fact_benefit": "outcomes averted",
    "fact_benefit_of": "± {error} (one standard error)",
    "fact_gap": "proven gap",
    "fact_gap_of": "from the best plan possible",
    "fact_hours": "of the hours used",
    "fact_hours_of": "{used} of {capacity} hours",
    "fact_must": "must-serve pupils reached",
    "fact_must_of": "of {must} who are owed help",
    "met_of": "{met} of {owed}",
    "basis": "Rests on",
    "cause": "Why",
    "rule_basis_statutory": "duty in law",
    "rule_basis_promise": "promise",
    "rule_basis_decision": "decision of a professional",
    "rule_decision": "Required by professionals",
    "duties": "Who is owed help, who has it, and why others have not",
    "lacks_cause_no_hours": "Hours, money or places lack",
    "lacks_cause_nothing_suits": "Nothing suits",
    "lacks_cause_forbidden": "Forbidden by decision",
    "lacks_cause_no_consent": "No consent",
    "lacks_no_hours_law": "The hours do not suffice for every pupil under a statutory rule: "
    "{pupils} too few. The law asks for more hours or another arrangement; see Rules in force.",
    "lacks_no_hours_promise": "The hours, the money or the places do not suffice for every "
    "pupil to whom help was promised, or for whom professionals require it: {pupils} too few. This "
    "is no duty in law; see Rules in force.",
    "lacks_nothing_suits_law": "Nothing that counts suits {pupils} pupils under a statutory rule, "
    "whatever the hours. They need other help than the catalogue holds, or a decision by hand; see "
    "Rules in force.",
    "lacks_nothing_suits_promise": "Nothing that counts suits {pupils} pupils to whom help was "
    "promised, or for whom professionals require it, whatever the hours; see Rules in force.",
    "lacks_forbidden_law": "Decisions of professionals forbid the help that would count for "
    "{pupils} pupils under a statutory rule; see Rules in force.",
    "lacks_forbidden_promise": "Decisions of professionals forbid the help that would count for "
    "{pupils} pupils to whom help was promised, or for whom professionals require other help; see "
    "Rules in force.",
    "lacks_no_consent": "{pupils} pupils who are owed help are without consent to offer it, so "
    "none is planned for them; that is no shortage of hours.",
    "lacks_open": "{pupils} pupils who are owed help have none that counts; see Rules in force.",
    "because_owed": "help is owed, but hours, money or places do not suffice for all who are owed "
    "it",
    "says_law": "This is a duty in law.",
    "says_promise": "This is a promise, no duty in law.",
    "fact_money": "euros beside the hours",
    "fact_money_of": "of {budget}",
    "fact_money_free": "no budget was set",
    "hours": "Hours: what there is and what the plan uses",
    "hours_intro": "Hours can be left over because no pupil there fits the help they could give, "
    "another role it needs is full, a group cannot be filled, or a rule stands in the way.",
    "hours_role": "Hours by role",
    "hours_site": "Hours by site",
    "hours_period": "Hours by period",
    "role": "Role",
    "site": "Site",
    "period": "Period",
    "used": "Used",
    "of_hours": "Used, of hours",
    "share": "Share",
    "bar": "Share used",
    "several_sites": "{number} sites",
    "everywhere": "Shared by sites",
    "worth": "What one more hour would do",
    "worth_intro": "The price of an hour is the benefit that one more hour of that role would add "
    "at that place and time. Hours with a high price are the ones to look for; hours without a "
    "price are not the bottleneck.",
    "worth_grid": "Mean benefit of one more hour, by role and period (in thousandths)",
    "worth_short": "shortage",
    "worth_short_intro": "Where shortage stands, one more hour would first go to help that is owed "
    "or running already; that is no benefit, so no number stands there.",
    "worth_top": "The dearest hours (benefit of one more hour, in thousandths)",
    "worth_none": "No hour has a price: more hours would not add benefit under these rules.",
    "price": "Price",
    "who": "Who is offered help",
    "who_intro": "Help goes where it is expected to do most good for the hours it takes, not to "
    "the highest risk alone. The table shows pupils in ten equally large groups, from the lowest "
    "to the highest weighted risk.",
    "who_chart": "Share of pupils offered help, by risk",
    "who_risk": "Pupils by risk, lowest to highest",
    "decile": "Risk group",
    "mean_risk": "Mean risk",
    "pupils": "Pupils",
    "served": "Offered help",
    "unserved": "Not offered",
    "benefit": "Benefit",
    "who_intervention": "Help by intervention",
    "intervention": "Intervention",
    "hours_short": "Hours",
    "evidence": "Evidence",
    "running": "Help that was already running takes another {hours} hours.",
    "who_site": "Help by site",
    "sessions": "Groups that run",
    "groups": "Groups",
    "places": "Pupils",
    "why_not": "Why the other pupils are not offered help",
    "reason": "Reason",
    "forgone": "Benefit forgone",
    "why_not_intro": "Benefit forgone is what the best help a pupil could have been offered was "
    "expected to do. It shows what scarcity costs; it says nothing against the pupil.",
    "examples": "Three decisions, worked out",
    "examples_intro": "Every decision follows one rule: the benefit expected, less the price of "
    "the hours it takes, is weighed against that of any other help for this pupil. Shown are the "
    "decisions with the highest, the middle and the lowest net value.",
    "example_high": "Highest net value",
    "example_middle": "Middle",
    "example_low": "Lowest",
    "decision": "Decision",
    "help": "Help",
    "price_paid": "Price it pays",
    "net": "Net value",
    "runner_up": "Runner-up",
    "nothing_else": "nothing else worth its hours",
    "rules": "Rules in force",
    "must_table": "Must-serve rules",
    "rule": "Rule",
    "owed": "Owed",
    "met": "Met",
    "short": "Short",
    "lacking": "Hours that running help lacks",
    "lacking_intro": "Help that is already running takes more hours than there are.",
    "all_met": "Every must-serve rule is met, for all who agree to help.",
    "no_rules": "No pupil is under a statutory rule.",
    "rules_price": "Other limits that cost benefit",
    "limit": "Limit",
    "limit_price": "Benefit of one more, in thousandths",
    "rule_budget": "Budget (euro)",
    "rule_cap": "Most pupils of a site",
    "method": "How this was made",
    "method_text": "For every pupil the risk of each outcome was estimated with its error. For "
    "every help a pupil may be offered, the risk averted follows from published effects, "
    "discounted by the strength of their evidence and by the share of pupils who start and "
    "finish. One linear "
    "program then divides the hours. Its prices prove how much better any other plan could be.",
    "method_handed": "For every pupil there is a risk of each outcome, handed in or estimated: How "
    "far the risks can be trusted says which. For every help a pupil may be offered, the risk "
    "averted follows from published effects, "
    "discounted by the strength of their evidence and by the share of pupils who start and "
    "finish. One linear "
    "program then divides the hours. Its prices prove how much better any other plan could be.",
    "method_error": "The error of the benefit counts that all pupils share the same uncertainty "
    "about an effect: it does not shrink with the number of pupils.",
    "method_limits": "Risks and effects are averages over alike pupils. They do not know this "
    "child, this class or this week. Whoever does know may, and should, decide otherwise.",
    "method_csv": "In the csv files an apostrophe stands before a text that a spreadsheet would "
    "run as a formula. plan.json holds every text as it was.",
    "weights": "Outcomes and their weights",
    "weights_intro": "One unit of benefit is one averted case of an outcome with weight 1. People "
    "set the weights, in planning.yaml.",
    "outcome": "Outcome",
    "weight": "Weight",
    "scale": "Scale",
    "effect": "Effect",
    "level": "Level",
    "source": "Source",
    "certificate": "Certificate",
    "item": "Item",
    "value": "Value",
    "cert_value": "Value of the plan",
    "cert_bound": "Bound from the prices",
    "cert_better": "Tighter bound, by a solver",
    "cert_short": "Pupils short; the bounds hold for every plan that lacks no more",
    "cert_gap": "Gap",
    "cert_plain": "Gap by the prices alone",
    "cert_engine": "Engine",
    "cert_status": "Status",
    "cert_seed": "Seed",
    "cert_version": "Version of recommender",
    "cert_verify": "recommender verify works all of this out again from the inputs, without a "
    "solver. manifest.json holds the SHA-256 of every file in this folder.",
    "inputs": "Files this plan was made from",
    "file": "File",
    "rows": "Rows",
    "settings": "Settings",
    "status_optimal": "the best plan there is",
    "status_gap": "as close to the best as was asked",
    "status_stopped": "stopped at a limit",
    "level_strong": "strong",
    "level_good": "good",
    "level_promising": "promising",
    "level_plausible": "plausible",
    "level_elicited": "judged by professionals",
    "level_assumed": "assumed",
    "scale_smd": "standardised difference",
    "scale_odds_ratio": "odds ratio",
    "scale_risk_ratio": "risk ratio",
    "scale_risk_difference": "risk difference",
    "total": "Total",
    "base": "as things are",
    "skip": "Skip to the content",
    "audience_coordinator": "For coordinators: this report comes with cards of pupils. Do not "
    "pass it on.",
    "audience_board": "For boards: without cards of pupils.",
    "audience_policy": "For policy: nothing about a single pupil. Numbers below {few} are left "
    "out, and other numbers that would give them away.",
    "audience_public": "Public: nothing about a single pupil. Numbers below {few} are left out, "
    "and other numbers that would give them away.",
    "hidden": "The sign {sign} stands for a number that is not shown.",
    "rounded": "Totals are rounded: pupils to fives, hours to tens, euros to hundreds, benefit to "
    "two digits.",
    "too_few": "This table is left out: too little of it can be shown without saying something "
    "about one pupil.",
    "fact_served_all": "of {pupils} pupils",
    "left": "Why hours are left",
    "account": "What becomes of all hours",
    "hours_to_offered": "Given to the help that this plan offers",
    "hours_to_running": "Given to help that was already running",
    "hours_to_left": "Left over",
    "hours_to_travel": "Lost in travel between sites",
    "hours_to_handed": "All hours handed in",
    "visiting": "And by who works at several",
    "visiting_intro": "A site's own hours are those of people who work nowhere else. People who "
    "work at several sites stand on a line of their own; what they give at a site stands in the "
    "last column and is not counted twice.",
    "left_intro": "What keeps back most of the help that those who wait could have from these "
    "hours, at that place and time.",
    "left_others": "Others",
    "left_rest": "Small amounts together",
    "left_hours": "Hours left",
    "left_none": "No help in the catalogue uses this role",
    "left_other": "Of another role that is needed too, too little is left: {names}",
    "left_periods": "The help runs over several periods, and in another of them too little is left",
    "left_little": "The help takes more of these hours than are left",
    "left_money": "The help costs more money than is left of the budget",
    "left_rule": "A cap, the most cases at once, or what a family may have at once is reached",
    "left_price": "The help does less good than its hours, places and money do for others",
    "left_group": "A further group would have to run; probably it cannot be filled",
    "left_whole": "Probably what is left does not fit a whole case",
    "left_start": "The help that suits may not start then, or has too few pupils for a group",
    "left_suit": "Nobody who waits here may be offered help that uses these hours",
    "cards": "Cards of pupils",
    "cards_intro": "Site by site: why each pupil is or is not offered help, and how to object. "
    "These pages are only for those who work with the pupil.",
    "cards_part": "{site}, part {part}",
    "cards_too_many": "No cards are made for so many pupils. recommender explain gives the "
    "reasons of any pupil.",
    "more": "What a tenth more hours could bring",
    "more_intro": "If everyone with this role had a tenth more hours: how many hours that is, and "
    "how far they could raise the limit above which the prices prove that no plan comes. What they "
    "do bring is less where pupils, groups or other roles run short. Time to travel between sites "
    "is part of these hours.",
    "more_rest": "This plan lies {rest} below that limit as it is: so much more than the table "
    "says could be gained at most.",
    "more_hours": "More hours",
    "more_worth": "Limit of benefit rises by",
    "curve": "Benefit with more hours of everybody",
    "curve_intro": "With more hours the best plan lies somewhere in the shaded part: this plan "
    "can still be carried out, and its prices prove that no plan rises above the upper line. "
    "recommender frontier works out the line in between.",
    "curve_table": "Benefit with more hours of everybody, from this plan to the proven limit",
    "curve_low": "This plan",
    "curve_high": "No plan above",
    "trust": "How far the risks can be trusted",
    "trust_intro": "The risks were tested on earlier pupils whom the model had not seen. Risks are "
    "right if, of pupils with a risk of 20%, about 20 in 100 turn out to be a case.",
    "trust_read": "Every dot is a group of pupils with about the same risk. To the right is the "
    "mean risk given to them, upwards the share of cases found. On the diagonal both are the "
    "same; nine times in ten chance alone stays within the bar.",
    "trust_chart": "Risk given and cases found: {outcome}",
    "trust_ends": "Both axes run from 0 to {most}.",
    "trust_whole": "Found: {found} cases, where the risks said {expected}.",
    "trust_slope": "Slope {value} ± {error}; 1 is right, less means that high risks are too high "
    "and low risks too low.",
    "trust_base": "There are too few cases to tell pupils apart: all get the same risk.",
    "trust_chance": "Of a case and another pupil, the case has the higher risk {chance} of the "
    "time; 50% is chance.",
    "trust_sites_better": "The risks of single pupils say more than averages of schools.",
    "trust_sites_same": "It is not shown that they say more than averages of schools.",
    "trust_sites_worse": "They say less than averages of schools.",
    "trust_table": "Risks given and cases found, group by group",
    "trust_rows": "Pupil-years",
    "trust_expected": "Mean risk",
    "trust_found": "Cases found",
    "trust_error": "Error",
    "trust_handed": "Risks were handed in, and not tested here, of: {names}. How well they hold is "
    "not known from this plan.",
    "rests": "What the help rests on",
    "rests_intro": "Published effects of the help in this plan, before anything is taken off for "
    "weak evidence or for pupils who stop. An effect is an average; its error tells how sure it "
    "is.",
    "rests_used": "Effects of the help in this plan",
    "rests_others": "Effects of help that this plan does not use",
    "rare": "rare values together",
    "rules_intro": "People set these rules. The last column is how far loosening a rule by one "
    "would raise the limit that the prices prove: one euro, one pupil. A dash means that this plan "
    "does not tell.",
    "rule_says": "What it says",
    "rule_consent": "Consent",
    "says_consent": "Help is offered only where consent is: {states}.",
    "consent_given": "given",
    "consent_not_needed": "not needed",
    "consent_asked": "asked for",
    "says_budget": "Beside the hours no more than {budget} euros.",
    "says_must_any": "Every pupil under this rule is offered help.",
    "says_must_some": "Every pupil under this rule is offered one of: {helps}.",
    "says_cap": "At most {most} pupils a site in {help}.",
    "says_fair": "By {by}, {measure} per pupil who may be offered help: {asks}.",
    "fair_by_site": "school or place",
    "fair_by_grade": "grade",
    "fair_coverage": "pupils offered help",
    "fair_hours": "hours",
    "fair_benefit": "benefit",
    "fair_floor": "at least {amount} in every group",
    "fair_cap": "at most {amount} in any group",
    "fair_lowest": "one more for the group with least counts for {worth}",
    "fair_alpha": "more counts for less where there is much (alpha {alpha})",
    "rule_no_worse": "Nobody worse off",
    "says_no_worse": "Nobody has more than {margin} of benefit less than in the plan in force.",
    "unfair": "What rules of fairness lack",
    "unfair_intro": "A rule of fairness cannot be met with these hours.",
    "lacks_pupil": "{amount} pupils too few are offered help",
    "lacks_hour": "{amount} hours too few",
    "lacks_outcome": "{amount} of benefit too little",
    "lacks_no_worse": "{amount} pupils would be worse off than now",
    "rule_bundle": "Help together",
    "says_bundle": "At most {value} kinds of help for one pupil at a time.",
    "rule_diminishing": "Help against the same problem",
    "says_diminishing": "A second effect on the same outcome counts for {value} of the first.",
    "rule_waiting": "Waiting",
    "says_waiting": "Each period that help starts later takes {value} off its benefit.",
    "rule_caution": "Caution",
    "says_caution": "{value} standard errors are taken off a benefit before it counts.",
    "rule_travel": "Travel",
    "says_travel": "Who works at several sites loses {value} of the hours.",
    "rule_evidence": "Strength of evidence",
    "says_evidence": "Of a published effect counts: {levels}.",
    "front": "What hours are worth",
    "front_today": "Today there are {hours} of these hours.",
    "front_everybody": "hours of everybody",
    "front_hours_of": "hours of {names}",
    "front_and": " and ",
    "front_benefit": "Benefit against hours",
    "front_benefit_intro": "Weighted adverse outcomes averted by the best use of the hours, with "
    "the interval that holds 90 %. Pupils and groups may be taken in parts here; a whole plan "
    "comes within its proven gap of the line. The dashed line is today. These are all hours that "
    "people have, travel between sites included.",
    "front_report": "The line is the most that these hours can do if pupils and groups may be "
    "taken in parts, with the interval that holds 90 %. The dot is this plan: whole pupils and "
    "groups lie a little below the line. All hours that people have count, travel included.",
    "expect": "What may be expected, and how steady it is",
    "expect_intro": "Help does most good at middling risks. Where the true risk lies lower or "
    "higher than its estimate, help does less, and a plan picks out the pupils for whom the "
    "estimate says most. So less may be expected than the estimates add up to.",
    "expect_how": "How it is counted",
    "expect_estimated": "By the estimates of risks and effects",
    "expect_promise": "To be expected, since true risks lie around their estimates",
    "expect_draws": "Of this plan, in nine of ten of {draws} draws of effects and risks",
    "steady": "How often offers stay",
    "steady_intro": "The plan was made again in {draws} draws of effects and risks. An offer that "
    "stays in most of them does not hang on chance; one that goes in many could as well have gone "
    "to another pupil.",
    "steady_share": "Pupils by how often they are offered the same help",
    "steady_draws": "Of the draws",
    "steady_by": "How often each help stays",
    "steady_mean": "Stays, on average",
    "steady_none": "This plan was not tried in draws; recommender plan --draws says how often each "
    "offer stays.",
    "front_across": "hours",
    "front_up": "benefit",
    "front_chart": "Benefit rises with hours, and more slowly the more there are",
    "front_price_across": "hours",
    "front_price_up": "benefit of one more hour",
    "front_price_chart": "What one more hour is worth falls as hours are added",
    "front_change": "Change",
    "front_hours": "Hours",
    "front_interval": "Interval",
    "front_one_more": "One more hour",
    "front_better": "Hours or better prediction",
    "front_better_intro": "How this is worked out: true risks are drawn around the predicted ones, "
    "as widely as the model is unsure. Blunter predictions have noise added and are pulled back to "
    "what can be expected; sharper ones know part of what the model does not. Each hands out "
    "today's hours, and what it hands out is counted by the drawn true risks. AUC is how often a "
    "pupil who becomes a case was ranked above one who does not (0.5 is no better than drawing "
    "lots), averaged over outcomes by weight. The rules of whom help suits stay as they are.",
    "front_known": "Benefit by what is known of risks",
    "front_known_what": "What is known",
    "front_known_score": "Log score",
    "front_known_across": "AUC of the predictions",
    "front_known_up": "benefit",
    "front_known_chart": "What the same hours do with blunter and sharper predictions",
    "front_known_more": "the model, {more} hours",
    "known_everybody_alike": "everybody alike",
    "known_a_quarter_known": "a quarter of what the model knows",
    "known_half_known": "half of what the model knows",
    "known_three_quarters_known": "three quarters of what the model knows",
    "known_the_model": "the model",
    "known_a_quarter_of_the_rest": "a quarter of the rest too",
    "known_half_of_the_rest": "half of the rest too",
    "known_true_risks": "the true risks",
    "front_money": "Who comes first, if money were all that is scarce",
    "front_money_intro": "What every sum of euros could buy: hours at the cost of their role, a "
    "place in a group as its part of a full one, and costs beside the hours. Help is unequal in "
    "cost, so the curves run against euros, not against pupils. The area between a curve and the "
    "one of spending evenly is what its way of choosing is worth (Qini, for several kinds of "
    "help).",
    "front_money_table": "What every sum could buy",
    "front_money_across": "euros",
    "front_money_up": "benefit",
    "front_money_chart": "What every sum could buy under four rules of who comes first",
    "front_money_sum": "Euros",
    "front_money_area": "Part of the area gained",
    "front_rule_plan": "the plan: most benefit a euro first",
    "front_rule_site_averages": "the same with site averages for risks",
    "front_rule_highest_risk": "highest risk first",
    "front_rule_lot": "spread evenly",
    "front_prediction": "{more} hours do as much good as raising the AUC of the predictions from "
    "{before} to {after}.",
    "front_no_prediction": "{more} hours do more good than any better prediction could: even with "
    "the true risks today's hours do less.",
    "front_pays": "Within this range one more hour always pays.",
    "front_stops": "From {change} hours on, one more hour brings next to nothing.",
    "compared": "Plans side by side",
    "compared_headline": "{number} ways to share out the hours for {pupils} pupils",
    "compared_intro": "Every way is counted with the same risks, effects and rules, and at the "
    "same weights. What is chosen without a plan keeps to the rules too.",
    "compared_sides": "What each brings",
    "compared_side": "Way",
    "compared_chart": "Benefit is weighted adverse outcomes averted. The mark is what is "
    "expected, the band holds it nine times in ten, and the thin line is the plan as things are.",
    "compared_interval": "Interval",
    "compared_difference": "Difference",
    "compared_more": "Hours, rules and how evenly",
    "compared_worst": "Group helped least (part of its risk averted)",
    "compared_tenths": "Who is offered help, by risk",
    "compared_tenths_intro": "Pupils in ten equally large groups, from the lowest to the highest "
    "weighted risk, and the share of each that is offered help.",
    "compared_hours": "Hours",
    "compared_hours_table": "Hours used, of the hours there are",
    "compared_short": "What is lacking",
    "compared_groups": "How groups fare",
    "compared_groups_intro": "The part of a group's weighted risk that is averted. Groups of fewer "
    "than ten pupils are left out.",
    "compared_moved": "Who gains and who loses",
    "compared_moved_intro": "Pupils whose help differs between two ways. Who gains help has none "
    "in the first way, who loses it none in the second; other help is other help or another "
    "period. So pupils offered help in the second way are those in the first, plus who gain, less "
    "who lose.",
    "compared_plan_from": "{side}: this is the plan of {other}, whose limits are tighter. It fits "
    "here too, and the own search found none as good.",
    "compared_bound_from": "{side}: the proof is that of {other}, whose limits are looser. Nothing "
    "can do more here than there.",
    "compared_off": "Better off and worse off",
    "compared_off_intro": "The same pupils by benefit: of whom it rises, and of whom it falls. Who "
    "has other help may be either, or neither.",
    "compared_better": "Better off",
    "compared_worse": "Worse off",
    "compared_moved_names": "moved.csv names them, with the reason, for those who work with them.",
    "compared_board": "For boards: no pupil is named here, but numbers below {few} are shown. A "
    "page for others, without them, is made with recommender export and --audience policy or "
    "public.",
    "compared_near": "~ The searches for both plans may have missed as much as the difference, so "
    "it is not proven which of the two ways can do more.",
    "compared_from": "From",
    "compared_to": "To",
    "compared_gains": "Gain help",
    "compared_loses": "Lose help",
    "compared_other": "Other help",
    "policy_status_quo": "as in earlier years",
    "policy_highest_risk": "highest risk first",
    "policy_first_come": "first come, first served",
    "policy_random": "by lot",
    "policy_benefit_per_hour": "most benefit an hour first",
    "policy_site_averages": "averages of schools only",
    "equity": "Equal treatment",
    "equity_intro": "These characteristics are never used to divide help. They are shown to see "
    "whether the plan treats groups differently. A difference proves no unfairness: groups "
    "differ in risk too. A large difference asks for a conversation.",
    "equity_table": "Help by group: {column}",
    "equity_unshown": "{column}: too few pupils are or are not offered help to show how it is "
    "shared.",
    "equity_none": "There are no characteristics for a check on equal treatment.",
    "group": "Group",
    "unknown": "unknown",
    "each": "Benefit per pupil, in thousandths",
    "because_hours": "the hours of {name} would do more good for others",
    "because_place": "a place in {name} would do more good for others",
    "because_caseload": "another case of {name} would do more good for others",
    "because_cap": "the cap on {name} would do more good for others",
    "because_money": "the money would do more good for others",
    "because_statute": "what a must-serve rule asks for would do more good for others",
    "because_fairness": "what a rule of fairness asks for would do more good for others",
    "because_no_class": "a whole class takes part or nobody, and its hours do more good elsewhere",
    "because_not_now": "what suits may not start yet, beside or after what the pupil already has",
    "because_parents": "help for the parents would do more good for others",
    "because_at_once": "what a family may have at once would do more good for others",
    "because_none": "there are no hours of {name}",
    "because_consent": "there is no consent to offer help",
    "because_no_good": "nothing that may be offered is expected to help",
    "because_no_time": "what suits takes more periods than the calendar has",
    "because_no_group": "too few pupils here for a group of what suits",
    "because_no_seat": "a group here does more good for other pupils, or does not run",
    "because_not_whole": "worth its price, but what is left cannot be divided to fit one more",
    "because_unsuited": "nothing suits, most often because: {why}",
    "risks": "Risks in this plan",
    "risks_intro": "The mean risk of every outcome among the pupils of this plan, with the range "
    "that the policy calls plausible.",
    "plausible": "Plausible",
    "card_title": "Cards of pupils: {site}",
    "card_private": "This page is about children. It is only for those who work with them.",
    "card_back": "Back to the report",
    "card_served": "Pupils with a proposal",
    "card_waiting": "Pupils without a proposal",
    "card_start": "starts in {period}",
    "card_units": "{number} pupils who are alike",
    "card_outcomes": "What it is expected to avert",
    "card_hours": "Hours per pupil",
    "card_status": "Why",
    "card_proposed": "does more good here than other help or other pupils would get from these "
    "hours",
    "card_must_serve": "a must-serve rule asks for help",
    "card_required": "a professional decided so",
    "card_uncertain": "± {error} (one standard error)",
    "card_alternative": "Best help that could not be",
    "card_nothing": "none",
    "object": "Do you disagree?",
    "object_text": "The plan does not know this child; you do. Pupil and parents may ask why, ask "
    "to see what is held about them, and object at the school. On the review sheet a professional "
    "can require or strike out any line, with a reason. What a person decides always goes first. "
    "Being without a proposal here closes no other way to help.",
    "object_how": "recommender review PLAN -o sheet.xlsx makes the review sheet; recommender "
    "explain PLAN {unit} gives all reasons of one pupil.",
}
