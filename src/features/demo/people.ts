import type { Knex } from 'knex';
import type { Role, UnitKind } from '../../rules/people.ts';
import { hashPassword } from '../accounts/index.ts';

interface DemoUnit {
  readonly id: string;
  readonly name: string;
  readonly shortName: string;
  readonly nameEn: string;
  readonly kind: UnitKind;
  /** GB/T 2260, or a code of the city's own for a functional zone, which has none. */
  readonly regionCode?: string;
}

const CITY = 'suqian';

/** Suqian as the demonstration knows it: every unit stands below the city. */
export const demoUnits: readonly DemoUnit[] = [
  { id: CITY, name: '宿迁市', shortName: '宿迁市', nameEn: 'Suqian', kind: 'city', regionCode: '321300' },
  { id: 'xyb', name: '宿迁市社会信用体系建设领导小组办公室', shortName: '市信用办', nameEn: 'City Credit Office', kind: 'creditOffice' },
  { id: 'scjg', name: '宿迁市市场监督管理局', shortName: '市市场监管局', nameEn: 'Market Supervision Bureau', kind: 'department' },
  { id: 'rsj', name: '宿迁市人力资源和社会保障局', shortName: '市人社局', nameEn: 'Human Resources and Social Security Bureau', kind: 'department' },
  { id: 'hbj', name: '宿迁市生态环境局', shortName: '市生态环境局', nameEn: 'Ecology and Environment Bureau', kind: 'department' },
  { id: 'yjj', name: '宿迁市应急管理局', shortName: '市应急局', nameEn: 'Emergency Management Bureau', kind: 'department' },
  { id: 'fz', name: '宿迁市司法局', shortName: '市司法局', nameEn: 'Justice Bureau', kind: 'legal' },
  { id: 'zx', name: '中共宿迁市委宣传部', shortName: '市委宣传部', nameEn: 'Publicity Department', kind: 'publicity' },
  { id: 'zy', name: '江苏省宿迁市中级人民法院', shortName: '市中级法院', nameEn: 'Intermediate People’s Court', kind: 'court' },
  { id: 'sucheng', name: '宿迁市宿城区人民政府', shortName: '宿城区', nameEn: 'Sucheng District', kind: 'region', regionCode: '321302' },
  { id: 'suyu', name: '宿迁市宿豫区人民政府', shortName: '宿豫区', nameEn: 'Suyu District', kind: 'region', regionCode: '321311' },
  { id: 'shuyang', name: '沭阳县人民政府', shortName: '沭阳县', nameEn: 'Shuyang County', kind: 'region', regionCode: '321322' },
  { id: 'siyang', name: '泗阳县人民政府', shortName: '泗阳县', nameEn: 'Siyang County', kind: 'region', regionCode: '321323' },
  { id: 'sihong', name: '泗洪县人民政府', shortName: '泗洪县', nameEn: 'Sihong County', kind: 'region', regionCode: '321324' },
  { id: 'jkq', name: '宿迁经济技术开发区管理委员会', shortName: '经开区', nameEn: 'Economic and Technological Development Zone', kind: 'zone', regionCode: 'SQ-JK' },
  { id: 'hbxq', name: '宿迁市湖滨新区管理委员会', shortName: '湖滨新区', nameEn: 'Hubin New Area', kind: 'zone', regionCode: 'SQ-HB' },
  { id: 'ssy', name: '苏州宿迁工业园区管理委员会', shortName: '苏宿工业园区', nameEn: 'Suzhou–Suqian Industrial Park', kind: 'zone', regionCode: 'SQ-SS' },
  { id: 'yhxq', name: '宿迁市洋河新区管理委员会', shortName: '洋河新区', nameEn: 'Yanghe New Area', kind: 'zone', regionCode: 'SQ-YH' },
];

type DemoPerson = readonly [username: string, name: string, nameEn: string, unit: string, role: Role];

/** Made-up people under fixed user names. */
export const demoPeople: readonly DemoPerson[] = [
  ['xyb.handler', '陈思远', 'Chen Siyuan', 'xyb', 'handler'],
  ['xyb.supervisor', '周文静', 'Zhou Wenjing', 'xyb', 'supervisor'],
  ['xyb.leader', '沈国栋', 'Shen Guodong', 'xyb', 'creditOfficeHead'],
  ['scjg.handler', '王海燕', 'Wang Haiyan', 'scjg', 'handler'],
  ['scjg.leader', '刘志强', 'Liu Zhiqiang', 'scjg', 'head'],
  ['rsj.handler', '孙晓敏', 'Sun Xiaomin', 'rsj', 'handler'],
  ['rsj.leader', '徐建华', 'Xu Jianhua', 'rsj', 'head'],
  ['hbj.handler', '马骏', 'Ma Jun', 'hbj', 'handler'],
  ['hbj.leader', '朱丽萍', 'Zhu Liping', 'hbj', 'head'],
  ['yjj.handler', '胡磊', 'Hu Lei', 'yjj', 'handler'],
  ['yjj.leader', '林卫东', 'Lin Weidong', 'yjj', 'head'],
  ['zx.handler', '何雨桐', 'He Yutong', 'zx', 'handler'],
  ['zx.leader', '高明', 'Gao Ming', 'zx', 'head'],
  ['suyu.handler', '张海波', 'Zhang Haibo', 'suyu', 'handler'],
  ['suyu.leader', '欧阳慧', 'Ouyang Hui', 'suyu', 'head'],
  ['shuyang.handler', '仲伟', 'Zhong Wei', 'shuyang', 'handler'],
  ['shuyang.leader', '葛庆春', 'Ge Qingchun', 'shuyang', 'head'],
  ['zy.handler', '江南', 'Jiang Nan', 'zy', 'handler'],
  ['zy.leader', '程立', 'Cheng Li', 'zy', 'head'],
  ['fz.reviewer', '丁一鸣', 'Ding Yiming', 'fz', 'legalReviewer'],
  ['audit', '邵敏', 'Shao Min', CITY, 'auditAdmin'],
  ['sysadmin', '蔡鹏', 'Cai Peng', CITY, 'systemAdmin'],
  ['secadmin', '叶青', 'Ye Qing', CITY, 'securityAdmin'],
];

/** What documents of the units with most cases bear; the others show what it looks like where nothing is given yet. */
const signs: Readonly<Record<string, string>> = { xyb: '宿信办', scjg: '宿市监信', rsj: '宿人社信', hbj: '宿环信', yjj: '宿应急信' };
const onPaper = (id: string): { document_prefix?: string; review_body?: string; court?: string } =>
  signs[id] === undefined ? {} : { document_prefix: signs[id], review_body: '宿迁市人民政府', court: '宿迁市宿城区人民法院' };

/** No mail of the demonstration can leave it: the domain is reserved (RFC 2606). */
const MAIL_DOMAIN = 'suqian.example';

/**
 * Puts the demo city's units and accounts in place; it may run at every start. What is there stays as it is,
 * but for passwords and locks: the sign-in page offers each account with this password, and that must hold.
 */
export async function seedPeople(knex: Knex, password: string): Promise<void> {
  const passwordHash = await hashPassword(password);
  await knex.transaction(async (trx) => {
    for (const [index, { id, name, shortName, nameEn, kind, regionCode }] of demoUnits.entries()) {
      await trx('unit').insert({
        id, name, short_name: shortName, name_en: nameEn, kind,
        region_code: regionCode ?? null,
        parent_id: id === CITY ? null : CITY,
        mailbox: `${id}@${MAIL_DOMAIN}`,
        ...onPaper(id),
        position: (index + 1) * 10,
      }).onConflict('id').ignore();
    }
    for (const [username, name, nameEn, unit, role] of demoPeople) {
      await trx('person').where({ username, is_demo: true })
        .update({ password_hash: passwordHash, must_change_password: false });
      const [added]: { id: string }[] = await trx('person').insert({
        username, name, name_en: nameEn, mail: `${username}@${MAIL_DOMAIN}`, password_hash: passwordHash, is_demo: true,
      }).onConflict('username').ignore().returning('id');
      if (added) await trx('person_role').insert({ person_id: added.id, unit_id: unit, role });
    }
  });
}
