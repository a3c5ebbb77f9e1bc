// An archive to search, the same for the same number of entries on every machine, and questions with a known answer.
// Words are as frequent as in real texts (Zipf's law): some hundred real ones, then made-up ones, a twentieth of them
// with accents. Of 25 entries two are in Russian and two in Chinese; the others are in English, about 330 words each.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SETTINGS } from "../archive.mjs";

const ENGLISH = `state security international cyber law information policy governance internet norm sovereignty digital
national government data technology network actor infrastructure rule power conflict cooperation agreement operation
attack force global authority control access system strategy defence treaty resolution assembly council committee report
group expert consensus charter article obligation responsibility attribution evidence deterrence escalation stability
peace threat risk capability weapon vulnerability disclosure incident response service energy finance health election
interference espionage intelligence privacy right freedom expression content platform company civil society process forum
dialogue summit declaration principle practice custom jurisdiction border domain registry root protocol standard body
institution regime order theory analysis argument claim view interpretation concept definition draft annex section review
survey study history origin decade century verification compliance sanction necessity proportionality neutrality target
effect damage supply software market economy trade regulation statute parliament ministry agency office`.split(/\s+/);
const RUSSIAN = `государств безопасност информаци политик управлени сет норм суверенитет технологи правил конфликт
сотрудничеств соглашени операци атак контрол доступ систем стратеги оборон договор резолюци совет комитет доклад групп
эксперт устав обязательств ответственност доказательств сдерживани стабильност угроз риск оружи уязвимост инцидент
энергетик здоровь выбор вмешательств разведк свобод обществ процесс форум диалог принцип практик обыча юрисдикци границ
стандарт институт режим порядок теори анализ понят проект раздел обзор истори проверк санкци рынок экономик торговл закон
министерств`.split(/\s+/);
const CHINESE = `国家 安全 国际 网络 法律 信息 政策 治理 规范 主权 数字 政府 数据 技术 基础 设施 规则 权力 冲突 合作 协议 行动 攻击 力量 全球 控制 访问 系统
战略 防御 条约 决议 大会 理事 委员 报告 小组 专家 共识 宪章 条款 义务 责任 证据 威慑 升级 稳定 和平 威胁 风险 能力 武器 漏洞 事件 响应 服务 能源 金融 健康 选举
干涉 间谍 情报 隐私 权利 自由 言论 内容 平台 公司 社会 过程 论坛 对话 峰会 宣言 原则 实践 习惯 管辖 边界 标准 机构 制度 秩序 理论 分析 论点 观点 解释 概念 定义
草案 附件 章节 审查 调查 研究 历史 世纪 核查 遵守 制裁 必要 中立 目标 影响 损害 软件 市场 经济 贸易 法规 议会 部门`.split(/\s+/);
const CHARACTERS = Array.from("天地人山水火木金土石田禾米竹草花鸟鱼虫马牛羊犬虎龙风云雨雪日月星光春夏秋冬东南西北中左右上下前后里外大小高低长短新旧古今海河湖江城村路桥门户车船书画音乐歌舞茶酒衣食住行学校医院工厂农商父母子女兄弟姐妹朋友师生王林张李陈杨黄赵吴周徐孙朱胡郭何罗宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪任姜范方");
const JOINTS = {
  en: "the of and to in that is for on as with by are which from or an it not its has was but may between than under".split(" "),
  ru: "и в не на что с как это по из за к от для при или его между также".split(" "),
  zh: Array.from("的和在是与对于中为以"),
};
const GIVEN = { en: "Anna Boris Clara Daniel Elena Farid Grace Hugo Irina Jonas Keiko Lars Maria Nadia Oscar Paula Rosa Simon Tara Yusuf".split(" "), ru: "Анна Борис Дмитрий Елена Игорь Мария Николай Ольга Павел Сергей".split(" "), zh: "伟 芳 娜 敏 静 强 磊 洋 艳 勇".split(" ") };
const ONSETS = "b br c ch d dr f fl g gr h j k kl l m n p pl pr qu r s sk sl st t tr v w z".split(" ");
const VOWELS = "a e i o u a e i o u ai ea ie ou".split(" ");
const CODAS = ["", "", "", "l", "m", "n", "r", "s", "t", "nd", "rt", "x"];
const ACCENTS = { a: "áàâäå", e: "éèêë", i: "íîï", o: "óôöø", u: "úûü", c: "ćč", n: "ñń", s: "šś", z: "žź" };
const CYRILLIC = { b: "б", c: "ц", d: "д", f: "ф", g: "г", h: "х", j: "й", k: "к", l: "л", m: "м", n: "н", p: "п", q: "к", r: "р", s: "с", t: "т", v: "в", w: "в", x: "кс", z: "з", a: "а", e: "е", i: "и", o: "о", u: "у" };
const ENDINGS = { en: ["", "", "", "", "", "s", "s", "ed", "ing", "al"], ru: ["а", "ы", "у", "ой", "ом", "и"], zh: [""] };

/** Numbers from 0 to 1 (Marsaglia 2003, "Xorshift RNGs"). */
function random(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);
const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ø", "o");

/** Of the entry with a number. */
export const languageOf = (index) => ({ 3: "ru", 11: "ru", 7: "zh", 19: "zh" })[index % 25] ?? "en";

/** Words of a language by rank; the first are real. */
function vocabulary(language, real, size) {
  const next = random(20261124 + size + language.charCodeAt(0));
  const one = (list) => list[Math.floor(next() * list.length)];
  const words = [...real], known = new Set(real);
  while (words.length < size) {
    let word;
    if (language === "zh") {
      word = one(CHARACTERS) + one(CHARACTERS);
    } else {
      const syllables = words.length < 2000 ? 2 : 2 + Math.floor(next() * 2.3);
      word = Array.from({ length: syllables }, () => one(ONSETS) + one(VOWELS) + one(CODAS)).join("");
      if (language === "ru") word = word.replace(/ch/g, "ч").replace(/./g, (letter) => CYRILLIC[letter] ?? letter);
      else if (next() < 0.05) word = accented(word, next);
    }
    if (!known.has(word)) known.add(word), words.push(word);
    // There are only so many pairs of characters.
    if (language === "zh" && words.length > CHARACTERS.length ** 2 / 2) break;
  }
  return words;
}

function accented(word, next) {
  const places = Array.from(word).flatMap((letter, at) => (ACCENTS[letter] ? [at] : []));
  const at = places[Math.floor(next() * places.length)];
  const marks = ACCENTS[word[at]];
  return word.slice(0, at) + marks[Math.floor(next() * marks.length)] + word.slice(at + 1);
}

/** Ranks by Zipf's law: the sums of 1 / (rank + 3) are looked up. */
function ranks(size) {
  const sums = new Float64Array(size);
  for (let rank = 0, sum = 0; rank < size; rank++) sums[rank] = sum += 1 / (rank + 3);
  return (share) => {
    const wanted = share * sums[size - 1];
    let low = 0, high = size - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/**
 * Writes the archive below `folder`. Gives `entries`, of every n-th one what is asked for ({id, language, title, family,
 * words}: its different words in order), and `frequency`: by word in how many entries it stands. About `kept` of the
 * entries are asked for; in a small archive all that are not in English.
 */
export function generate(folder, count, { kept = 4000 } = {}) {
  const next = random(20261122);
  const below = (limit) => Math.floor(next() * limit);
  const one = (list) => list[below(list.length)];
  const size = { en: Math.min(120_000, 8000 + 4 * count), ru: Math.min(40_000, 6000 + 2 * count), zh: 8000 };
  const words = { en: vocabulary("en", ENGLISH, size.en), ru: vocabulary("ru", RUSSIAN, size.ru), zh: vocabulary("zh", CHINESE, size.zh) };
  const rank = { en: ranks(words.en.length), ru: ranks(words.ru.length), zh: ranks(words.zh.length) };
  const names = { en: vocabulary("en", [], 400).map((name) => capital(next() < 0.2 ? accented(bare(name), next) : name)), ru: vocabulary("ru", [], 100).map((name) => capital(name) + "ов"), zh: CHARACTERS.slice(-70) };
  const keywords = Array.from({ length: Math.ceil(4 * Math.sqrt(count)) }, (_, index) => `${ENGLISH[index % ENGLISH.length]}-${one(ENGLISH)}-${index}`);
  const keyword = () => keywords[Math.floor(next() ** 2 * keywords.length)];
  const frequency = new Map(), entries = [];
  let every = Math.max(1, Math.floor(count / kept));
  // Else it might pass over a language, since those come back every 25 entries.
  while (every % 5 === 0) every++;

  mkdirSync(join(folder, "content/references"), { recursive: true });
  writeFileSync(join(folder, "site.toml"), SETTINGS);
  for (let index = 0; index < count; index++) {
    const language = languageOf(index);
    const said = new Set(), between = language === "zh" ? "" : " ", stop = language === "zh" ? "。" : ".";
    const word = () => {
      const found = words[language][rank[language](next())] + one(ENDINGS[language]);
      said.add(found);
      return found;
    };
    // The title has words that count: not the most frequent ones alone.
    const title = Array.from({ length: 4 + below(4) }, () => capital(word())).join(between);
    const sentence = () => {
      const parts = Array.from({ length: 8 + below(12) }, (_, index) => (index % 5 < 3 ? word() : one(JOINTS[language])));
      return capital(parts.join(between)) + stop;
    };
    const paragraph = () => Array.from({ length: 4 + below(4) }, sentence).join(between);
    const family = one(names[language]), year = 1950 + below(76);
    const id = `entry-${year}-${index}`;
    const tracks = ["sovereignty", "multistakeholder"].filter(() => next() < 0.42);
    const chosen = [...new Set(Array.from({ length: 3 + below(5) }, keyword))];
    const heading = () => capital(word() + between + word());
    writeFileSync(join(folder, `content/references/${id}.md`), `---
type: article-journal
title: "${title}"
author:
  - { family: ${family}, given: ${one(GIVEN[language])} }
issued: ${year}
container-title: "Journal of ${capital(one(ENGLISH))}"
tracks: [${tracks.join(", ")}]
keywords: [${chosen.join(", ")}]
---

## ${heading()}

${paragraph()}

${paragraph()}[^1]

## ${heading()}

${paragraph()}

> ${sentence()}

${paragraph()}

[^1]: ${sentence()}
`);
    for (const one of said) frequency.set(one, (frequency.get(one) ?? 0) + 1);
    if (index % every === 0 || (language !== "en" && count < 20_000)) entries.push({ id, language, title, family, words: [...said] });
  }
  return { entries, frequency, count };
}

/** Questions by set: {query, id, language}; each set has `most` of them, all of different entries. */
export function questions({ entries, frequency, count }, most) {
  const next = random(7);
  const below = (limit) => Math.floor(next() * limit);
  const english = entries.filter((entry) => entry.language === "en");
  const rarest = (entry) => entry.words.toSorted((one, other) => frequency.get(one) - frequency.get(other));
  const long = (word) => word.length > 4;
  const some = (words, number) => {
    const left = [...new Set(words)], chosen = [];
    while (chosen.length < number && left.length) chosen.push(...left.splice(below(left.length), 1));
    return chosen.length === number ? chosen : null;
  };
  const rare = (entry) => some(rarest(entry).slice(0, entry.words.length / 3).filter(long), 3);
  const middling = (word, total) => frequency.get(word) >= 0.01 * total && frequency.get(word) <= 0.12 * total;
  const share = (language) => count * (language === "en" ? 0.84 : 0.08);
  const sets = {
    rare3: [english, (entry) => rare(entry)?.join(" ")],
    mid3: [english, (entry) => some(entry.words.filter((word) => word.length > 2 && middling(word, share("en"))), 3)?.join(" ")],
    typo: [english, (entry) => rare(entry)?.map((word, index) => (index === 1 ? misspelt(word, next) : word)).join(" ")],
    prefix: [english, (entry) => {
      const words = rare(entry);
      return words && words[2].length > 6 ? [words[0], words[1], words[2].slice(0, 5)].join(" ") : null;
    }],
    "title+author": [english, (entry) => `${entry.title} ${entry.family}`],
    "no accents": [english, (entry) => {
      const words = some(entry.words.filter((word) => bare(word) !== word && frequency.get(word) < 0.12 * count), 2);
      return words && bare([...words, some(entry.words.filter(long), 1)?.[0] ?? ""].join(" "));
    }],
    Russian: [entries.filter((entry) => entry.language === "ru"), (entry) => some(entry.words.filter((word) => long(word) && frequency.get(word) < 0.12 * share("ru")), 3)?.join(" ")],
    Chinese: [entries.filter((entry) => entry.language === "zh"), (entry) => some(entry.words.filter((word) => frequency.get(word) < 0.12 * share("zh")), 3)?.join(" ")],
  };
  return Object.fromEntries(Object.entries(sets).map(([name, [from, ask]]) => {
    const asked = [], left = [...from];
    while (asked.length < most && left.length) {
      const [entry] = left.splice(below(left.length), 1), query = ask(entry);
      if (query) asked.push({ query, id: entry.id, language: entry.language });
    }
    return [name, asked];
  }));
}

/** One letter left out, doubled, changed, or in the place of the next. */
function misspelt(word, next) {
  const at = 1 + Math.floor(next() * (word.length - 2)), letter = "aeiourstnl"[Math.floor(next() * 10)];
  const ways = [
    () => word.slice(0, at) + word.slice(at + 1),
    () => word.slice(0, at) + word[at] + word.slice(at),
    () => word.slice(0, at) + (word[at] === letter ? "y" : letter) + word.slice(at + 1),
    () => word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2),
  ];
  const wrong = ways[Math.floor(next() * 4)]();
  return wrong === word ? word.slice(0, at) + word.slice(at + 1) : wrong;
}
