import type { Translate } from '../../platform/i18n.ts';

export interface Bar {
  label: string;
  late: number;
  soon: number;
}

/** As wide as its column on a desk and as the screen of a telephone, so that its words are not shrunk. */
const width = 350;
const barHeight = 30;
const frame = 70;
/** An English name of a unit takes two lines of this; a Chinese one takes less than one. */
const widestLabel = 140;

/**
 * A bar for each unit, late and soon late, as SVG. Colours are those of the pages in the light and carry patterns of
 * their own, as the picture stands in an `img` and can't follow the page's dark mode; the table beside it says the same.
 */
export async function barChart(bars: readonly Bar[], t: Translate): Promise<string> {
  // Loaded when first asked for: half a second that a start need not wait for.
  const echarts = await import('echarts');
  const height = frame + Math.max(1, bars.length) * barHeight;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    const fontFamily = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'WenQuanYi Zen Hei', sans-serif";
    const series = (name: string, color: string, values: number[]) => ({
      type: 'bar' as const,
      stack: 'open',
      name,
      data: values,
      itemStyle: { color },
      barMaxWidth: 20,
      label: { show: true, color: '#fff', formatter: ({ value }: { value?: unknown }) => (Number(value) > 0 ? String(value) : '') },
    });
    chart.setOption({
      animation: false,
      backgroundColor: '#fff',
      textStyle: { fontFamily, fontSize: 13, color: '#1f2933' },
      legend: { top: 4, itemGap: 20, textStyle: { fontSize: 13, color: '#1f2933' } },
      grid: { left: 20, right: 16, top: 36, bottom: 8, containLabel: true },
      xAxis: { type: 'value', minInterval: 1, splitLine: { lineStyle: { color: '#e4e7eb' } } },
      yAxis: { type: 'category', inverse: true, data: bars.map((bar) => bar.label), axisTick: { show: false }, axisLabel: { fontSize: 13, color: '#1f2933', width: widestLabel, overflow: 'break', lineHeight: 14 } },
      series: [
        series(t('supervision:late'), '#b42318', bars.map((bar) => bar.late)),
        series(t('supervision:soon'), '#8a5a00', bars.map((bar) => bar.soon)),
      ],
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
