import Foundation

/// What the terminal that a stream goes to can show.
public struct TerminalInfo: Sendable, Hashable {
    /// A standard stream.
    public enum Stream: Int32, Sendable, Hashable { case input = 0, output = 1, error = 2 }

    /// Whether the stream goes to a terminal.
    public var isTerminal: Bool
    /// The columns; `nil` where there is no limit, as in a file.
    public var width: Int?
    /// Whether colours and other controls may be written.
    public var colour: Bool
    /// Whether lines may be drawn with characters beyond ASCII.
    public var unicode: Bool

    /// Creates a description.
    public init(isTerminal: Bool, width: Int?, colour: Bool, unicode: Bool = true) {
        self.isTerminal = isTerminal
        self.width = width
        self.colour = colour
        self.unicode = unicode
    }

    /// Asks the system about a stream.
    ///
    /// The width is `COLUMNS` where that is set, else what the terminal says. There is no colour with
    /// `NO_COLOR` or on a dumb terminal; `FORCE_COLOR` asks for it in a file too.
    public static func detect(
        _ stream: Stream = .output, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> TerminalInfo {
        let terminal = isatty(stream.rawValue) == 1
        return make(
            isTerminal: terminal, columns: terminal ? columns(stream.rawValue) : nil, environment: environment
        )
    }

    static func make(isTerminal: Bool, columns: Int?, environment: [String: String]) -> TerminalInfo {
        func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
        let dumb = environment["TERM"] == "dumb"
        let told = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        let forced = isSet("FORCE_COLOR") && environment["FORCE_COLOR"] != "0"
        return TerminalInfo(
            isTerminal: isTerminal && !dumb, width: told ?? columns ?? (isTerminal ? 80 : nil),
            colour: !isSet("NO_COLOR") && (forced || (isTerminal && !dumb)),
            unicode: takesUnicode(environment))
    }

    /// Whether the locale does not name an encoding other than UTF-8.
    private static func takesUnicode(_ environment: [String: String]) -> Bool {
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        guard let dot = locale.utf8.firstIndex(of: UInt8(ascii: ".")) else { return true }
        let encoding = locale[locale.index(after: dot)...].lowercased()
        return encoding.hasPrefix("utf-8") || encoding.hasPrefix("utf8")
    }

    private static func columns(_ descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
