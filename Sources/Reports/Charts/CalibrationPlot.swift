/// Whether what was given 70% happened in 70% of cases: observed shares against forecasts, with intervals,
/// and below them how many forecasts there were.
public struct CalibrationPlot: Chart {
    /// The forecasts of one range.
    public struct Bin: Sendable, Hashable {
        /// The mean forecast.
        public var forecast: Double
        /// The share that came true.
        public var observed: Double
        /// The interval for that share.
        public var interval: ClosedRange<Double>
        /// How many forecasts there were.
        public var count: Double

        /// Creates a bin.
        public init(forecast: Double, observed: Double, interval: ClosedRange<Double>, count: Double) {
            self.forecast = forecast
            self.observed = observed
            self.interval = interval
            self.count = count
        }
    }

    public var title: String
    /// The bins, in the order of their forecasts.
    public var bins: [Bin]
    /// The expected calibration error.
    public var error: Double?

    /// Creates a diagram.
    public init(title: String, bins: [Bin], error: Double? = nil) {
        self.title = title
        self.bins = bins
        self.error = error
    }

    /// What stands under the picture: the error and what it is of.
    public var caption: String {
        let total = NumberText.count(bins.reduce(0) { $0 + $1.count })
        var text =
            "\(total) forecasts in \(bins.count) bins. Those on the diagonal kept their word."
        if let error {
            text =
                "Expected calibration error \(NumberText.fixed(error, 3)): so much are forecasts off on average. "
                + text
        }
        return text
    }

    public func image(width: Double) -> SVGImage {
        let width = min(max(280, width), 460)
        let ticks = Ticks(0...1, about: 5), percent = { (value: Double) in NumberText.percent(value) }
        let left = PlotFrame.labelWidth(ticks, label: percent)
        let side = width - left - 20, top = 28.0
        let frame = PlotFrame(
            x: Scale(domain: 0...1, start: left, end: left + side),
            y: Scale(domain: 0...1, start: top + side, end: top))
        var nodes = frame.verticalAxis(title: "observed share", ticks: ticks, label: percent)
        nodes += frame.horizontalAxis(title: nil, ticks: ticks, label: percent)
        nodes.append(.line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), "hd-dash"))
        let bars = top + side + 30, most = max(bins.map(\.count).max() ?? 0, .leastNormalMagnitude)
        for bin in bins where bin.forecast.isFinite && bin.observed.isFinite {
            let x = frame.x.clamped(bin.forecast)
            let low = frame.y.clamped(bin.interval.lowerBound),
                high = frame.y.clamped(bin.interval.upperBound)
            let length = 38 * bin.count / most
            nodes.append(
                .group(
                    "hd-s1",
                    [
                        .line(x, low, x, high, "hd-hair"), .line(x - 3, low, x + 3, low, "hd-hair"),
                        .line(x - 3, high, x + 3, high, "hd-hair"),
                        .circle(x, frame.y.clamped(bin.observed), 4.5, "hd-mark hd-point"),
                        .rect(x - 6, bars + 38 - length, 12, max(1, length), "hd-fill").with(
                            "fill-opacity", "0.45"),
                        .text(x, bars + 50, Self.short(bin.count), "hd-muted hd-tiny", anchor: "middle"),
                    ]
                ).titled(Self.tooltip(bin)))
        }
        nodes.append(
            .text(
                left + side / 2, bars + 69, "forecast (bars: how many)", "hd-muted hd-small", anchor: "middle"
            ))
        return SVGImage(width: width, height: bars + 76, title: title, summary: caption, content: nodes)
    }

    private static func short(_ count: Double) -> String {
        count >= 9950 ? NumberText.fixed(count / 1000, 0) + "k" : NumberText.fixed(count, 0)
    }

    private static func tooltip(_ bin: Bin) -> String {
        let low = NumberText.percent(bin.interval.lowerBound, 1)
        let high = NumberText.percent(bin.interval.upperBound, 1)
        return "Forecast \(NumberText.percent(bin.forecast, 1)), observed "
            + "\(NumberText.percent(bin.observed, 1)) (\(low) to \(high)), n = \(NumberText.count(bin.count))"
    }
}
