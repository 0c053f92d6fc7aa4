/// Writes names, labels and values as Prometheus reads them.
enum PrometheusText {
    /// A name of letters, digits and underscores.
    static func name(_ label: String) -> String {
        var result = ""
        for scalar in label.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_", ":": result.unicodeScalars.append(scalar)
            case "0"..."9": result += result.isEmpty ? "_\(scalar)" : "\(scalar)"
            default: result += "_"
            }
        }
        return result.isEmpty ? "_" : result
    }

    /// Labels without their braces, escaped.
    static func labels(_ labels: [(String, String)]) -> String {
        labels.map { "\(name($0.0))=\"\(escape($0.1))\"" }.joined(separator: ",")
    }

    private static func escape(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return value.description
    }

    static func line(_ name: String, _ labels: String, _ value: Double) -> String {
        labels.isEmpty ? "\(name) \(number(value))\n" : "\(name){\(labels)} \(number(value))\n"
    }

    /// A histogram: how many were at most each bound, their sum and their count.
    static func lines(_ name: String, _ labels: String, _ histogram: PrometheusHistogram) -> String {
        let snapshot = histogram.snapshot
        let before = labels.isEmpty ? "" : labels + ","
        var out = ""
        var total = 0
        for (bound, count) in zip(histogram.bounds + [.infinity], snapshot.counts) {
            total += count
            out += line(name + "_bucket", before + "le=\"\(number(bound))\"", Double(total))
        }
        return out + line(name + "_sum", labels, snapshot.sum)
            + line(name + "_count", labels, Double(snapshot.count))
    }
}
