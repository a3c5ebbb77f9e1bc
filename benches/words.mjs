// What generated archives are written with. Lists stand in the order of use: the first words are the commonest.
const list = (text) => text.trim().split(/\s+/);

/** Words that join others. */
export const JOINTS = list(`the of and to a in that is for as on with by it was which are from be or has an not at this
its were but may their between under than such these had where into only no upon what who if so when there both each within
since still against among while though rather until`);

/** Words that carry the sense. */
export const WORDS = list(`state international security information governance infrastructure law sovereignty network cooperation
technology cyber power responsibility norm treaty operation interpretation data attack internet border policy institution
rule conflict agreement council regime access government claim protocol principle system report territory company forum
consent measure force registry cable negotiation delegate threat committee standard draft signal archive charter response court evidence
domain alliance operator neutrality dispute control letter region mandate clause root trust convention traffic custom
session ministry breach summit harm exchange provider order society route duty address expert article mission service
warning assembly incident text process doctrine server union proposal satellite reading body vote practice
carrier capacity risk strategy intrusion rival market peace right stability restraint office coast envoy target minister
protest user archive-room weapon secrecy statement inquiry balance hearing committee-stage station concession review engineer
jurisdiction cipher schedule verdict blockade agency port host liability censor commerce signatory dialogue compromise
treasury relay secretary sanction paragraph commission resolution chair republic deposit peer filter hostility licence war
credential pact outage notice observer proxy reform gateway declaration lineage attribution guarantee exemption tribunal
steward mediator contract patent certificate telegraph accord procedure frontier budget reserve consensus defence federation
obligation supply press resilience parliament arbiter merchant campaign bargain bureau annex tariff sabotage arsenal
preamble protectorate majority software lexicon exporter key inspector rumour recourse grievance corridor precedent embargo
escalation deterrent opinion redress custodian surveillance ledger repeal fleet hegemon realist liberal archive-keeper
historian footnote codex memoir scholar editor margin quotation folio catalogue concordance gazette chronicle dispatch
correspondence minute transcript register facsimile translation synopsis commentary glossary variant marginalia provenance
binding watermark seal cabinet chancellor viceroy governor admiral consul attaché legate plenipotentiary regent syndic
senate duma diet cortes chamber plebiscite franchise ballot quorum motion caucus faction coalition platform manifesto
decree edict statute ordinance bylaw codicil covenant protocol-line memorandum entente détente armistice truce ceasefire
reparation restitution indemnity annexation secession partition cession lease enclave exclave condominium mandate-holder
trusteeship dominion colony metropole periphery hinterland strait canal isthmus estuary delta archipelago harbour lighthouse
dockyard roadstead convoy privateer corsair contraband prize salvage quarantine passport visa asylum extradition amnesty
pardon writ injunction plaintiff defendant counsel witness testimony affidavit exhibit appeal remand acquittal sentence
packet router switch exchange-point backbone peering transit latency bandwidth spectrum antenna repeater transponder fibre
conduit landing-site modem terminal mainframe kernel compiler library module patch exploit payload beacon implant worm
botnet phishing ransom wiper honeypot sandbox firewall enclave-host token signature digest nonce handshake session-key
escrow backdoor audit log forensics triage recovery backup redundancy failover mirror cache resolver zone delegation
namespace subdomain registrar registrant escrow-agent hotline clearing-house playbook exercise simulation scenario tabletop
reciprocity proportion necessity precaution distinction perfidy belligerent bystander combatant civilian convalescent
hospital granary aqueduct reservoir dam turbine grid substation pipeline refinery depot warehouse ledger-book clearing
settlement coinage currency bond dividend insurer premium actuary underwriter auditor trustee beneficiary founder patron
benefactor subscriber correspondent publisher printer typesetter bookseller librarian curator conservator restorer binder
copyist scribe notary clerk registrar-general archivist palaeographer philologist linguist interpreter stenographer`);

export const FAMILIES = list(`Adler Bates Calder Dimov Eriksen Fofana Garcia Hansen Ivanova Jonsson Keita Lindqvist Moreau
Novak Okafor Petrov Quist Rossi Schmitt Tanaka Usman Vogel Weiss Xu Yilmaz Zhang Abioye Brandt Castro Duarte Egger Fiore
Greco Haddad Iqbal Jokinen Kaplan Leclerc Mwangi Nilsson Ortega Pires Rahman Silva Toth Ueda Varga Winther Yamamoto Zeman
Almeida Bosch Cohen Danso Engel Farkas Gupta Horvat Ilves Jansen Kovacs Lund Maier Nowak Olsen Park Reis Sato Thorne Urban`);

export const GIVEN = list(`Anna Boris Clara Daniel Elena Farid Grace Hugo Irina Jonas Keiko Lars Maria Nadia Oscar Paula
Quirin Rosa Simon Tara Ulrike Viktor Wanjiru Xenia Yusuf Zofia Amadou Birgit Cem Dolores`);

/** What keywords are made of: a subject alone, or with what it is looked at for. */
export const SUBJECTS = list(`sovereignty deterrence attribution neutrality disclosure governance encryption surveillance
jurisdiction stewardship interoperability diplomacy espionage resilience accountability legitimacy capacity verification
localization liability censorship standards routing naming elections proxies infrastructure intelligence diligence
countermeasures participation transparency`);
export const ASPECTS = list(`cyber state private regional customary technical civil military economic historical collective
legal critical strategic public maritime monetary imperial municipal comparative scholarly contested wartime bilateral
domestic early joint late formal tacit`);
