import Foundation
import Testing

@testable import Tensors

/// The folder of all-MiniLM-L6-v2, which scripts/get-encoder fetches.
private let folder = ProcessInfo.processInfo.environment["HEED_ENCODER"].flatMap { $0.isEmpty ? nil : $0 }

@Suite(
    .enabled(if: Torch.isAvailable, "libtorch is not there: run scripts/build-torch-shim"),
    .enabled(
        if: folder != nil, "HEED_ENCODER names no folder: run scripts/get-encoder and name the one it says"))
struct EncoderModelTests {
    /// Texts, their number of tokens, the first numbers of their vectors, and the vectors in units of 2⁻¹⁶ as little-endian
    /// integers of 16 bits, from sentence-transformers 6.2 with PyTorch 2.13.
    private static let golden: [(text: String, tokens: Int, first: [Float], vector: String)] = [
        (
            "A cat sleeps on the warm window sill.", 12,
            [0.084609, 0.000906, -0.032921, 0.113497, -0.031496, 0.024121, 0.019245, 0.005313],
            "qRU7AJL3Dh3w9y0G7QRcAd8N3QY931T+hPx4CPoCoPy34hQI4wMeAakC3QIiDfn4KQWY+b/9iv7fAJsF/erM/ynsZQKZFWXt"
                + "fvrc+/TyyQ3IEcEDQO3Y9qriNAXv+pb+igDFCFHvGgwT9kH68uVMAioRDfyPAbMFKfviCf8ATA0G/xcB3PzmAhIMdPnI9k75"
                + "Lvwk97UExeEAJnr6FxNRBtP9QxEwAFz6jPz4Fl4QyfetAfMDJwlD/4bvnQSHFygDQw8O+YD0LPj4BcgDjv6QGCoAXQ0mB8YP"
                + "Uv5A7zfykfjsBq8PHRAP9dgHQQuLA0EBShXU7vvpe+hD7cTulvQAAKgIkfjx7osGwhZKAND5nxTP57AD8/lg+TL11frcCWT3"
                + "uv4DDRLtVAbuB0YIAB/Q9kEEkOcW88D62u9vATH7R/ox+3gHNe9z8eP37w94DFQGkwPMDbcW+wQADf3+1/tgISUIEwktJ8fv"
                + "3OVS/lb4GwR4CXf77fQ0Bdn8yOkAEnX1LA/s9Vv+EfDW9ooCffvgG9H2TAKr+R3x8gmXDer3XQxHGzEDmAu5/Y705+/iBQMP"
                + "jvLxGCX9BwjFAdTtXQEAAG/8m9+RB/D61eKEGJ7vgPjx5coQown4EZUSRguTAlz3SwQn+IgAlwwvBtIBjeIZCuIJf/s3+XET"
                + "RgkZ5CsK+Oii83ztZwyeAmsP3/D4AkT32QUG/IEC4/pCDqsH7/n3+9wDmgjXElDxOP9vFbsGxARg8A72NPCHAHIIUgYGCALy"
                + "3uu9AEsKxPKdBG7rGR/pDB/2vf6U96j6/Rlz+y/29PjVCB79y/pyAX0JOekwFNgOxQP4A3UImP/h+0P9OA0AANjtGfjr7u3+"
                + "G+wI9pEGhdEQ/NkAewKB/lMNkvx/DcUFwf+O/tETK/xE+yYBTQBJ98kOTvdx/TgB9Ae4/eT4uvGaA+8DHf3v8HwPaO4DDNn6"
                + "NiP0/SQC0/e+8asJygIL8ib/7AKiAYQMcxCKCVDrGwA+AIoF4Q/9C0cCYheP71cT"
        ),
        (
            "A kitten is asleep by the window.", 10,
            [0.07413, 0.002081, -0.028662, 0.067607, 0.025356, 0.030498, -0.026486, -0.004527],
            "+hKIAKr4TxF+Bs8HOPnX/jsP0Axg4pj+sOqTCyHxxvi671gCqAqyA60GLwUtFLr6mg4W+nT2qf2gBzcLDe7IANLujf3gA63s"
                + "2gLY9w0LqhBzD3UR2euWAuLzzgdUAo/64gZqBVboYws46Aj7bPdK+TQXEAYSAjIKP/sU/DkKvAOiBpsLb+3jAuAQF+/B/Mn0"
                + "Zv7P8X7wTvY4JAkMiQtpDccGsAeg8S79/gh0GDcF0Qbp9f0Uyg2eCjfr9AGIDFMA0h98ACX7Mfv6AwkIe/pjC3H5cQpDArkX"
                + "vPv08N3j2QMIBD4S5wyp8scDLwt7D+IK0BnK8k4KNudt+mP63fUAAJIMNfUK7QkHiiLG/JQAwxw38m4HB/lX/D4DDOkx/1f+"
                + "/API/Dz/VPuBCjgClA6FAlj4AeSJ9DMD7fHQ/wj4gPtHAYL/JvXR7Z73D/owBE35F/XqB0kNY/ovA4H2XQFMHTwMbwYSFtbs"
                + "6uqt/ybyxATn+lz4xfEQCM4BjvSHCQT1mwdL74Xw7fOW/2X3egmOGFT7pP9h96j8nftq/y3oJvUiJmQKzRdEB74BmwQD/rEZ"
                + "fe2FDD3xGAmVB7njqgEAABj4VOVY8ZPoye/LDZL3Ofqu8VMORwEKD6oF/AQ2AsXztApd8Qf3XAbF/voDBPN6AKcRLwIb7hYi"
                + "ghQ46fcLQgIwBMz8rBvI9oMFbens/RX8xQQWCpnsMfqvEvwTTezxBpkCSBBiD0XyV/TBEKkEUAWdA3oFZAet/kMczgFe//rt"
                + "Tf5U/LED1AQDDmj0ZB1oBJb3swRg84cJVBxv8Hb39vqqDvkKAgdW/Z/9FehvGBUIFvLy/p8AcgDT9575VwoAAELwO/1W6BUO"
                + "RORl+LwB6eJn/Dn9SAyR35UCbQk2BUoM8/z2BBEKo/nU+FkD0+7V87ER2OqM9FH2+g8w9fTsauwQFUgL5/E1AtMGfud/BFb9"
                + "qRl59178Fv7CAsz13xQM+GD5cAPdDV8EIQr/9pX0gwMnAgL9OAQpABUDMA3c8n4I"
        ),
        (
            "The central bank raised interest rates by half a point.", 13,
            [0.052356, -0.00143, -0.03625, 0.018096, 0.040203, -0.093607, -0.103526, 0.110215],
            "Zw2i/7j2ogRLCgnof+U3HGkHYQbAAyMNDPo5/IQb4gay8Ij0GwtwD7/4BOed9HoNWB8F+tr+W/dR+XQA2fcJFLACiv5MAIz6"
                + "MxM/EPIRigF3Dj378wdWCzQCtwSN/UcgrPg/DdMLBACQ7UP//wJPFSPsbf0xGdf25fyNEGn93AjmA9fobgDR9J3xgfLXB+zg"
                + "Z/S43un8+esyAmEWOgWA8VQJDfsxEOzrWwA4/GIdx/OtB739OA7++03wQ+9kBVUEwOT297UHzAmyHWUSQ/yaAVf/OwQJ/V8X"
                + "2hL2BkbzBQN5Bqn0VfUuAIkDIfV6BsAHBhThAmDlGALj7XMIDvYAAJj15AriDHjicvEPBjHiHAyW8MUD+/QX724IsgiL99rp"
                + "ZuSGB5YVig6D77YNy/+JC6L7z/ba9tgAggWb/ZwGQwSO+rPrqfa2CIgdeveC+GcKuQS5DYIB0v879KkFafsi/bX4VPm/6Vz8"
                + "1ubE9kwCXA8c9QX44/U4/W4Hcvon7ZQL3+Kd/XX98gfeAjEc3ewcAWABygoD73/vogRRAMgNIP7ZASLqdBU08AIA//+Z+mT7"
                + "mATA4NjqqPj/DYUHcA4AAGz32wKe+FAMTfES/Qj/Pe0mCDwP9vv2FFUNqRgHBvD5Bg38BT32MA1F/C//Dgt9CbwJog3u61v6"
                + "zQS2BjPsbvdOEZj8/uxpA1f1GvuwBBD8oRAnBjf0ogBdCvwBmxqnEqP+Nvoq61z54gqBGJ/zDAAsFZIFKQcI/jb71Rez938A"
                + "GQ7t/2T9WftmEvHz4g1ZFPD31gBZ++cZBfq3+/H73f1o+38JvgBI9HzzBP5mBzHsfvwc5tDtNwOuC2sRlu4AAFzw+fg99vMV"
                + "UxDx+hkEPgO68scILO+PDJf09flMC57/nQF0DkP7if7S+WUPdgRw823/8wYP/uUiWAjm53PxKAzYB3P4IASaEZoExg01CZnz"
                + "DQLT9Cr+r/QX/4r0sv/wBt4IpOMWB3wKDQkbCkELkvXj5RUH++cQ+zLysP1k+qwC"
        ),
        (
            "", 2,
            [-0.118838, 0.048299, -0.002548, -0.011011, 0.051951, 0.010292, 0.115433, 0.000701],
            "lOFdDFn/Lv1NDaICjR0uAAHq6u1XAOv2uARG/j8Gcvge8Rbzr/pvB7PvJwa4BnT+Kv2k/zz7ZAi9AGzxwPSCBoEWmvmc9pkB"
                + "/O7Q7kQF2gqaBQb1M/e8D84Q5uuMB8QCNhB19FX75/gP/6L24w2p+tkDnvAyBH73ewTZ/ybWvRWW7CAEYwwO/pv5Ow/eEAH3"
                + "OgBj4qUMmggfDsEGvw33CR0AoAQ56PX+yv+A80r++fk99m0NH/Wx8ToWd/On6kn0bwffCNzp/mc0CckEFRn9/RIGQ/Fc8E7+"
                + "zwGMBcH5bPcQAB4ISAs6GOT21/4xCw0ARf+h+fYAmAPsEyHewwEAAOEBswAcA2D/JwcOCvUAHfRK/LkNsAFiCRT6Ywj/E3cC"
                + "CgK8AIX/MwHT/Mv/GvoAC8T43e7eCdztJgVgAGAAxwxc+TYAYvak+IsI5ezK9pMGKvPGAiP1Uf++/p4qtP+7/mjv3BFH/4r6"
                + "ReIYCyT/2vo9BL70RwWs/X0CFgrO/GUC3emU80QG0/3nBcT88fJpCagJ6geh+BH77PosCaQUqgEUCUL1twHW+VMY/Q0VAb3y"
                + "nQJ79dn2sw81/4UWiQEAAD/s3QTa9rsWgvtL/4sJExdS6GoRuwV19OgHZAuE/gUJ1xH2/sv42vYx+Lb3XP/xCGL1vAdwDDQQ"
                + "cvpsCfoJ9/kK8xrxWwyEFWoJzf9cBhHzKApr/ZMA8h1h+oT+sPP4AAEJyhMk6O78YPqSCh/6EQHw9PkRH/sfAGcB2gZl93MD"
                + "LfrrCbn5s/aL/4vytgFi+XvdSwDt80/ySPsh/of9WPZM97cE9P2X/mr31fqMBcECSfELBSX+5gXIHtQAmQIAAAr0ZgrD8YT/"
                + "aw61DF71UgiYBjH7uBGnBuH4vQ5eFxT8MeXw+Nn78PZS/Wv87f+X6ggCyAGt9CMTDROc9Yj/FQWvA0UFqwWF77HvIgSJApT+"
                + "AfII+goSqAHK8xH/AgK6/tL8FezC//T9iwGYFXgb7QJsA738uw8gCaQoXCDrC/r7"
        ),
        (
            "Z\u{FC}rich liegt an der Limmat; M\u{FC}nchen an der Isar.", 16,
            [-0.035945, 0.095016, 0.07549, -0.004128, 0.002416, 0.04615, 0.067406, 0.111003],
            "zPZTGFMT8f6eANALQhFrHCwBZecGDp/rBvpyAS/4DexE5b0CPA4i/Pn6Bgl9DcwC/vDYCWEOz/Q/Cmv+AwnkAPfxL/nK/Kfz"
                + "aPpE/nILahIj8TH/+fL+AFL8vgCHAPUON/P8FBb1r/rjDnn9G/As73b0YwMk85gEzgPkAaPyrP4g+jwGSgUt+/b17QbpC63o"
                + "mPvdGfT8b+iV6hQECgDC/sb1PPh58UkACwY7/S4AQAXXEuz+EgWf7CnurAEQCCf5eO/+DUwECwmoBz3/c/ViHsLuzPdHBFHv"
                + "nPxsCTj/Mv5KG7je4QArB6wOqO5GE2AMPgZiAw//Dgq4B8EFF/oAAJLrPe8mDIcTRfdABMrzWwGS8D0EJPpz93z+C++HC/MJ"
                + "6x1NBK3/9AM2AUD/tQtyHDj26/tkBPoFxgEv+uAFihGG+o4D+wHDD5D65w1uCIX5NQWg9DIAtQLQHZEMV/bbBekF2PIXCGUC"
                + "0ON1Ak0HcA9w4J0OZvS8HncM+BY59SUSj/LZ87r8YfqA/BsKK/a8AiYYDRhD+lULo+smFPvya/jT1/DwYQUVAz3+zvqNByH8"
                + "UPwhB6L/h/xA9tsFT/wAAHMD8fRo/ZP4ff9mCWYEihrK8/QQQvVsAnwXOe/v9jgElBe0/Uv1BfrQ+pj8GAv6BXfgOgxQDS8L"
                + "vOZq8hX8SwKv9KDycfiI/pMQ/AVMALQNkvKA+j0FLxnYGV72VebH4lAE6+YLAU0CJxJt84kJA/XV5Rnw0wIbFI4b/gsu/x0K"
                + "pwBv4HLki/pkEB4SsRm3EkL6+ww48b739xH6/Qf21PWx6nX2UAIJDcj7ifURB23p6ADvANn22gCP6LruC/EAAPACovLp66D9"
                + "E/i+AX4A4/QC+9IPufKBD9n8Iw00/qX5/gUJArv4w/toArEEYPkI9I/8t/XPCCoIXf0V+dn8bAVvHw74ahiz/FX6CAFi/ysG"
                + "ywL/58MRgATlBTLqyOxvAmER6AnzE/sPY/vCEUsCp/nC+jz8kO2HAskRg/Xl+j8Y"
        ),
        (
            "\u{673A}\u{5668}\u{5B66}\u{4E60}\u{9700}\u{8981}\u{5927}\u{91CF}\u{7684}\u{6570}\u{636E}\u{3002}",
            14,
            [0.049503, 0.117304, 0.065042, -0.013478, 0.044938, 0.047827, 0.034806, 0.069913],
            "rAwIHqcQjfyBCz4M6QjmERENdPgyJkr1aw7/7+byPO938eH+TfkaCy4INABwCGALv/j4Bi8A9vmYATD5a/VZEcwIYwMPCDkE"
                + "F/u+9x4PDQV37qT8GxbS8zULCvks8UL/shCQB+3nDf2a6AoAyAgxFt/4b/TX8e/2ResZC0YOnwNx/lLyGguHBcz2fhcAEEAF"
                + "M/9x+CsC+fCLAdgM8QZY+UgBVgDz/V4ELwGJBE/6YAeo9ev70+RQ/OLsuAhH42sFx/9O9cwHfP6+AlQMQApaDZfoPe++BKb5"
                + "+AfA+YwBh+Lt8ej1sgbjB4MPDvMA4wH+cABiANz1eusO6/bk2gwAAPj71/y3CPvy4+KL8I4EoRXk8m8G+P6UCLD2BwWz/fz8"
                + "bvXB9M0OkgQNA9rofAUc+tAIc/MBAw8N1PSjBN8Fd/B756P9X/2u+ugRng5wA7HzdAyP+zX+7eJdDhsZNwaT8rv8vu189e7u"
                + "jgFhBOQheAOw8z4HONv9/g/+3+k+6nEPlvrjASr9Z+6qGobqB+8U7gv0RgOa7xT/VO23EKoN5Pgx/VH0lAHh9m0FGBNYBm7/"
                + "HQUCBp3i1PEhFLoO6vwAAD76xxS24cIEmAQcBmX/mxwi9JIHKP0F9Fz29wOl/dUN2gnjA2ri3Q5f+XgGwP63/434agFqBv8D"
                + "3v0BEdf7YQE+/AkUOPqgAR4K8fot8EIZzAc9BukEPPn3D3sUkO8n9M728A/5/r3xRQIw5/YJCQmZAHcCnAEl/6P9MP7U900N"
                + "aPpf/XT/gwQjAyn/DiThEfT5eA2G2mgLhvGzBUkG1xKiA6XuHQOt+c7t7+UDCTIAp/jw8lwLuwuU+9Lpz/cAAKP3eus6AOH5"
                + "Pgfy/wLzVg/UDR7/0/zcCVvuThZyB/UNZ/vRCJcDcuqbD1XyTv8UABH9KgVp9F/15PUYDRz7CwkNBnHu9f4q/bsUUv7xEnL5"
                + "tvzF+EQGIQARId3pQBKqCfL6JwTr/fQL6QPA40r6LQ0ZBDT16fcE/+0ZwSGZ/7T+"
        ),
        (
            "def f(x): return x ** 2  # squares \u{1F600}", 16,
            [0.028653, 0.052073, 0.011319, 0.053354, -0.043734, -0.008541, 0.037065, -0.004002],
            "VgdVDeYCqQ3O9ND9fQn6/qgJYfMjDoT5zgVjB2f+BQFs8DgO8AC3Alof3P5/7OIFdQLE+efh0AzhAS76vAqEBGT9IwEXA0oP"
                + "kvYMAwEIeglyAHLqIg0y+fEPhgo7DV0GSQu39wsEYxbc8ln/5BXe6gAZXPZ6ADH4cf+9AHoEe/e5+3D+Nu5S4B779BfECaIQ"
                + "+gsO/rkOwOgKA4TwvQMWFKAGovwpBpcHSPks+Qv4uAaQAewLyvqDB+oAO/t/3tz2AxQW9X/4Pg79/AQErgi86qL6XQTvCxX4"
                + "IxHv//n5RuaSDSoXCwxaA5r9He8/Bj/83hZE/DwOzQmw98MCYe0AAK3jdA7/ECoP4v2d6lgCeuxiBLMaYProDDf4yQ2yCrf/"
                + "fBlHBpQFRgElBqP3/fyzCW30Mv1BAw3tkgvZC7PxTge2BL71tBTF/NoJswPMBp/ySwC59/gBVfYqF+38lQ0/DlEA8f7J+W4A"
                + "1v+FHEYdPPjY/KMCb/wgDt8IePGF/+rzn+Xt+hIKMPht94oWcfd+CkYF7fRi+Rjr/fc/6Un+A/fF/+UF5fxA65UN5+MQAsT5"
                + "9/kW8SzYNunM/2rxH/MAALfuhBru/LQG4PO298r+ewO5G+sNPv7L9HP/RvdyDc0QQP9RBV3syvWm8mrzTAeMCdfymBQPAd75"
                + "ghEzDIvuOwCZCtsLIv1L6eYMM+/r/1f9lBPVCWEeYgdLAg4B3QsW+gUCHPFw92D0Ze5DCYLrOQgC9AwIVfZXAq7/r/NhAyQC"
                + "rPDA9UT2o/637Y4eBQPBDy3+dwIS4EIO3uF2/cQCOye0B6AQCAjB8Tz4YvH7FvQi4PJv6wMLjP/zBDX9LhIAAB/jigRmCBTx"
                + "Te7g+Yv4x+7P92nqzwfXAw35kfuFACkTZRJNAr39j/W17+ry8PSj9yHrV/Ro72kI8gMR/K4J7Pi++tYGPeKH/ecG+AAQBdn+"
                + "SQEx9iP81/3CAZEKmAea8ErwrfA8+RgHQ/xc+cMGrAVL7fIHrgRgAuf+DB5+GTUC"
        ),
        (
            String(repeating: "All work and no play makes Jack a dull boy. ", count: 60), 256,
            [-0.085085, -0.044412, 0.060592, -0.079752, -0.052745, -0.003972, 0.083778, -0.058972],
            "OOqh9IMPlet/8vz+chXn8KYIhAcsBVwJKwjBGaT4ZxA5Aej5o/bA7t0WzwO3+J/9Re2xCE76CAb18zTpwQRjD+0pOe/dEs0H"
                + "TRHyCQYI8BEg8sHwdgFBBBEFbvmv+5/iVgkz9vIDD/56CE/0ygy+9d/7XgHM9aUCc/ePEeQDNgGsI//xtfUA34XdiRrV8xwH"
                + "8uzrADD3agg1+fLzzhFNBfDz4QQh9yT+GPWo62cAFfaZC/fypuiyAYj0lgXmGj/5bAFuDezouho9Dy4G0wf87gX8gAgM9VAV"
                + "xfNYBk8JqAQxFsUOG/q1B0QLG/u95HoR7guhC74E0xCc4oH3GwQAAMoJ8w4JEg4Z5wb29RT4lBU29zH5CvXYAGH2HQ3R/EH3"
                + "JQ8G7Y/3p/nv8tUDEAnUBtT4RvEk/2bnF/+YATn3D/ybAMsIo/ne9ggENwnFAFcLW+LA/LD7KQfjCaICeAp7CpgOPgONCtwF"
                + "Kg8P/BH6yQoY+soCo/0i/zcWcwRuCMQOAv7XAZ8C/gJuD3MDlQPxBDv3EPTv/VIA1/4I7jH2CAm4Dj4BQPxc4/T5ve98B5r4"
                + "YA6IFq72oQv0DO7ySxMAAPj2TvsQALb0Iu8b9dwLm+8vBI4bvd/28WT45fLq/v/1LARQFn3yxhy7AfoUAPn+/Z8PBxCO9ncK"
                + "fQso+iX3FfA79kDx0v3oBnz3eQge8Y34/fiHBwMF1gYeDpfrpftv67ztz/zcD0wDjucs+gD2hP+W/LXrcfi/Bqrz0gBA8AwA"
                + "TxER6uMAhw/FCTT3f/pR+83peOUpEvcPOer0AUUAt/Qu9dn7RQ/HARrsBPuQEK7+7e/WCWgQ0AOYAMT6t/oAAA4KkQiP73j3"
                + "8Pxi9dcc7PUBDREBjwS4/L773P+nHn8E+v/VAYD2Y/isAOQS1fOpFC/s+fqx7Nj/t/qdBDIPTgE861j60P3u7/IJ8/3X8WkY"
                + "rf7gDPzrvfuMAhDzku1C6873+w8cBzP7VRKe+OIHTPicCR4EDukLCBsXPQevChML"
        ),
    ]

    private func cosine(_ a: [Float], _ b: [Float]) -> Float {
        func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    }

    @Test func vectorsAreThoseOfThePythonLibrary() throws {
        let encoder = try SentenceEncoder(contentsOf: URL(fileURLWithPath: folder!))
        #expect(encoder.width == 384 && encoder.maximumLength == 256)
        let vectors = try encoder.encode(Self.golden.map(\.text))
        for (golden, vector) in zip(Self.golden, vectors) {
            #expect(encoder.tokenizer.encode(golden.text).count == golden.tokens)
            #expect(zip(vector, golden.first).allSatisfy { abs($0 - $1) < 1e-5 }, "\(golden.text.prefix(40))")
            let bytes = [UInt8](Data(base64Encoded: golden.vector)!)
            let whole = stride(from: 0, to: bytes.count, by: 2).map {
                Float(Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)) / 65_536
            }
            #expect(whole.count == 384 && zip(vector, whole).allSatisfy { abs($0 - $1) < 1e-4 })
            #expect(cosine(vector, whole) >= 0.9999)
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        }
        #expect(cosine(vectors[0], vectors[1]) > 0.6 && cosine(vectors[0], vectors[2]) < 0.3)
    }
}
