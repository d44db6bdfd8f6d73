"""What the demo's meetings are about. Invented, and meant to look like it might have been so."""

from activities.rules.vocabulary import ActivityKind

THEMES = {
    ActivityKind.MEMBERS_MEETING: [
        "通报上季度工作、讨论下季度安排",
        "讨论通过年度工作计划",
        "学习贯彻上级会议精神",
        "讨论接收预备党员有关事项",
    ],
    ActivityKind.COMMITTEE_MEETING: [
        "研究本月支部工作",
        "研究主题党日安排和经费使用",
        "分析党员思想动态",
        "研究发展党员工作",
    ],
    ActivityKind.GROUP_MEETING: ["学习交流和思想汇报", "落实支部决议、分工到人"],
    ActivityKind.LECTURE: [
        "书记讲党课:做好行业带头人",
        "学习党章党规",
        "弘扬敢拼会赢精神、服务行业发展",
        "党员先锋岗的故事",
    ],
    ActivityKind.THEME_DAY: [
        "重温入党誓词、过政治生日",
        "走进社区办实事",
        "参观党建文化展示馆",
        "集中学习和交流",
        "海岸清洁志愿行动",
        "结对走访困难群众",
        "行业自律公约大家谈",
    ],
    ActivityKind.LIFE_MEETING: ["年度组织生活会"],
    ActivityKind.APPRAISAL: ["年度民主评议党员"],
    ActivityKind.TALK: ["支委与党员谈心谈话"],
    ActivityKind.SERVICE: [
        "关爱外来工子女",
        "义务法律咨询",
        "社区义诊",
        "敬老助残服务",
        "渔港安全宣传",
        "助学帮扶",
    ],
    ActivityKind.PARTY_SOCIAL: ["党组织与理事会联席会议"],
    ActivityKind.DEMOCRATIC_TALK: ["行业发展民主恳谈会"],
    ActivityKind.CONSULTATION: ["社区事务议事协商会"],
    ActivityKind.TRAINING: ["党务工作者培训", "入党积极分子培训"],
    ActivityKind.CO_BUILDING: ["与结对社区开展共建活动"],
}
PLACES = ["党员活动室", "会议室", "区域共享党群活动场所", "社区党群服务中心", "协会二楼会议室"]
REASONS = ["出差", "身体不适", "家中有事", "外地学习", "值班"]
MINUTES = [
    "主持人介绍议题。与会党员结合各自岗位逐一发言,认为所学内容对行业发展有指导意义,表示要从本职做起。",
    "会议先集体学习,再围绕议题讨论。有党员提出活动时间可适当调整到周末,支部予以采纳。",
    "会议听取了上次决议的落实情况,讨论了下一步安排,明确了责任人和完成时间。",
    "党员围绕服务会员、服务群众交流了做法,对存在的不足提出三条改进意见,支部逐条回应。",
]
RESOLUTIONS = [
    "更新党员活动室宣传版面",
    "走访本行业困难会员",
    "组织一次行业安全检查",
    "整理上半年内业档案",
    "与结对社区确定共建项目",
    "完善会员诚信经营公约",
]
MATTERS = ["通过年度工作计划", "同意接收预备党员", "同意预备党员按期转正", "通过支部工作报告"]
OUTCOMES = {
    "关爱外来工子女": ("served", 12, 60),
    "义务法律咨询": ("legal_aid", 2, 15),
    "社区义诊": ("clinic", 30, 160),
    "敬老助残服务": ("served", 10, 50),
    "渔港安全宣传": ("trained", 20, 90),
    "助学帮扶": ("schooling", 1, 12),
}
PARTNERS = ["社区党支部", "小学党支部", "派出所党支部", "卫生服务中心党支部", "税务所党支部"]
