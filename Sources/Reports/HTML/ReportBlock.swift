/// A part of a report's section.
public indirect enum ReportBlock: Sendable {
    /// A paragraph.
    case paragraph(RichText)
    /// The sentence that a reader in a hurry takes away.
    case lede(RichText)
    /// A heading below the section's own.
    case heading(String)
    /// A list of sentences.
    case list([RichText])
    /// Something that the reader must not overlook.
    case callout(Callout)
    /// A few numbers that say how much there is.
    case keyFigures([KeyFigure])
    /// A table.
    case table(ReportTable)
    /// A picture.
    case figure(ReportFigure)
    /// A command or other text to copy.
    case code(String)
    /// More for those who want it, closed at first.
    case details(summary: RichText, [ReportBlock])
}

/// How much a finding matters.
public enum Severity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Good to know.
    case note
    /// May change what can be concluded.
    case warning
    /// The result must not be used before this is dealt with.
    case serious

    public static func < (a: Severity, b: Severity) -> Bool {
        allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
    }

    var label: String {
        switch self {
        case .note: "Note"
        case .warning: "Warning"
        case .serious: "Serious"
        }
    }
}

/// Something that the reader must not overlook.
public struct Callout: Sendable, Hashable {
    /// How much it matters.
    public var severity: Severity
    /// What it is, in a few words.
    public var title: String
    /// What it means.
    public var text: RichText
    /// What to do about it.
    public var remedy: RichText?

    /// Creates a callout.
    public init(_ severity: Severity, _ title: String, _ text: RichText, remedy: RichText? = nil) {
        self.severity = severity
        self.title = title
        self.text = text
        self.remedy = remedy
    }
}

/// A number and what it counts.
public struct KeyFigure: Sendable, Hashable {
    /// The number as it is shown.
    public var value: String
    /// What it counts.
    public var label: String

    /// Creates a figure.
    public init(_ value: String, _ label: String) {
        self.value = value
        self.label = label
    }
}

/// A picture with its caption, and with a narrow drawing for phones where the chart has one.
public struct ReportFigure: Sendable {
    /// The picture.
    public var image: SVGImage
    /// The drawing for narrow screens.
    public var compact: SVGImage?
    /// What the reader sees there.
    public var caption: RichText

    /// Shows a picture.
    public init(_ image: SVGImage, compact: SVGImage? = nil, caption: RichText) {
        self.image = image
        self.compact = compact
        self.caption = caption
    }

    /// Draws a chart for a page, and once more for phones if the chart can be.
    public init(_ chart: some Chart, caption: RichText) {
        image = chart.image(width: 760)
        compact = chart.reflows ? chart.image(width: 350) : nil
        self.caption = caption
    }
}
