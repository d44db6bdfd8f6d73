"""Invented names. None of them is meant to be a real body or person."""

from random import Random

from organizations.rules.vocabulary import Category

BRANDS = [
    "启航",
    "嘉泽",
    "青禾",
    "长风",
    "明德",
    "恒信",
    "宏图",
    "晨光",
    "远志",
    "海丝",
    "润泽",
    "立诚",
    "静远",
    "和顺",
    "安平",
    "聚贤",
    "鼎新",
    "瑞安",
    "同心",
    "朝阳",
    "正源",
    "永盛",
    "南风",
    "卓越",
    "启明",
    "金帆",
    "向荣",
    "博雅",
    "致远",
    "凌云",
    "清源",
    "弘毅",
    "思齐",
    "望海",
    "听涛",
    "观澜",
    "锦绣",
    "春晖",
    "秋实",
    "丰登",
    "泰和",
    "云帆",
    "潮声",
    "星火",
    "山海",
    "云鼎",
    "蓝湾",
    "银滩",
    "凤翔",
    "兰亭",
    "竹溪",
    "梅园",
    "松涛",
    "百川",
]
SUFFIXES = {
    Category.SOCIAL_GROUP: [
        "布料行业协会",
        "服装行业协会",
        "渔业协会",
        "电商协会",
        "物流行业协会",
        "建筑行业协会",
        "餐饮行业协会",
        "青年企业家协会",
        "志愿者协会",
        "书法协会",
        "乒乓球协会",
        "老年体育协会",
        "游泳救生协会",
        "摄影协会",
        "侨友联谊会",
        "水产流通协会",
        "纺织面料商会",
        "鞋业商会",
        "辅料商会",
        "南音协会",
    ],
    Category.INTERMEDIARY: [
        "律师事务所",
        "会计师事务所",
        "税务师事务所",
        "资产评估所",
        "专利代理所",
        "房地产经纪所",
        "工程造价咨询所",
        "法律服务所",
        "人力资源服务所",
    ],
    Category.PRIVATE_NON_ENTERPRISE: [
        "幼儿园",
        "培训学校",
        "养老服务中心",
        "社工服务中心",
        "康复中心",
        "文化艺术中心",
        "体育俱乐部",
        "职业培训中心",
    ],
    Category.FOUNDATION: ["教育基金会", "慈善基金会", "助学基金会", "见义勇为基金会"],
    Category.COMMUNITY: ["社区调解队", "乡村文化社", "社区互助会", "老人互助社", "邻里志愿队"],
}
SURNAMES = "陈林黄蔡王吴李张郑许杨洪邱施庄卢柯颜傅纪董曾苏谢郭何叶周徐"
GIVEN = [
    "惠珍",
    "秀英",
    "文彬",
    "佳怡",
    "永福",
    "梦琪",
    "丽华",
    "建国",
    "思远",
    "天赐",
    "淑芬",
    "明珠",
    "志强",
    "荣华",
    "国栋",
    "美玲",
    "伟杰",
    "晓燕",
    "宏达",
    "清源",
    "雅婷",
    "俊杰",
    "海燕",
    "振华",
    "丽娟",
    "嘉辉",
    "少杰",
    "婉婷",
    "鸿飞",
    "玉兰",
    "泽宇",
    "景天",
    "碧霞",
    "长河",
]


class Names:
    """Hands out names, organizations' each only once."""

    def __init__(self, random: Random, city: str) -> None:
        self.random, self.city = random, city
        self.taken: set[str] = set()

    def organization(self, category: str, place: str) -> str:
        suffixes = SUFFIXES[Category(category)]
        while True:
            head = self.random.choice((self.city, self.city, self.city, f"{self.city}{place}"))
            if category == Category.COMMUNITY:
                head = f"{self.city}{place}"
            name = f"{head}{self.random.choice(BRANDS)}{self.random.choice(suffixes)}"
            if name not in self.taken:
                self.taken.add(name)
                return name

    def person(self) -> str:
        return self.random.choice(SURNAMES) + self.random.choice(GIVEN)
