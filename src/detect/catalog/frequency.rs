//! How often folded bytes follow each other, for choosing anchors.
//!
//! Measured once on 12 MB of open-source packages (code, documentation,
//! configuration) and 3 MB of generated log lines. Each character is a
//! probability: `2^(-(c - 33) / 4)`. Rows and columns are `a`-`z`, `0`-`9`, the
//! eight separators of [`super::fold`], and all bytes above 0x7F as one.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Probability of a code on its own.
pub(super) fn alone(code: usize) -> f64 {
    probability(ALONE[code])
}

/// Probability of `next` directly after `code`.
pub(super) fn after(code: usize, next: usize) -> f64 {
    probability(AFTER[code].as_bytes()[next])
}

/// The four-byte pieces that text has most, measured on 18 MB of open-source
/// packages in several languages and their documents: levels, and all pieces of
/// a frequency of about `2^(-level / 2)`, one after the other.
pub(super) fn grams() -> impl Iterator<Item = (u32, &'static str)> {
    /// A level in two digits and its pieces, a line each.
    const GRAMS: &str = include_str!("grams.txt");
    let lines = GRAMS.lines().filter_map(|line| line.split_at_checked(2));
    lines.filter_map(|(level, keys)| Some((level.parse().ok()?, keys)))
}

/// How often text holds four folded bytes, for those that are frequent.
pub(super) fn measured(key: &[u8; 4]) -> Option<f64> {
    static TABLE: LazyLock<HashMap<[u8; 4], f64>> = LazyLock::new(|| {
        grams()
            .flat_map(|(level, keys)| {
                let keys = keys.as_bytes().as_chunks().0.iter();
                keys.map(move |key| (*key, (-f64::from(level) / 2.0).exp2()))
            })
            .collect()
    });
    TABLE.get(key).copied()
}

fn probability(c: u8) -> f64 {
    (-f64::from(c - 33) / 4.0).exp2()
}

const ALONE: &[u8; 45] = br##"4;7819=;5O@89558D5427?A??B799=>>=?>?'78<TNaNA"##;

const AFTER: [&str; 45] = [
    r##"@744B:8J8O@/50Q0S/0):?@=:FBBB>CCCCCC1B=Af\cq]"##,
    r##"4<7<0=IR/@W2FK2Dd8:>0IXL3Y<<<9=====<'H?:dakaW"##,
    r##"0?:=16H.8S35>E)>H2:0:ANKC\@@@@A@@A@@-@:BnXn`n"##,
    r##"3=<5*77I2KV=CG5@N86<:BKE>V>;>????@?@'J49OEd]b"##,
    r##"5<53::<KBSF230D;4,/1G<<5AJEEDEFFCFFF*I5<_ata]"##,
    r##"2><9247Q/aI481+EZ47;;SGVD^>=?=??<?;=+R73mmmm["##,
    r##"9DCH)G=61XM9>48DK23;5EHMGNVBIQPJOQ_h'959__hYh"##,
    r##"-EJ@(MDQ/XGF=H1JP8=57NEUANZQTSW_Hj]a(L9>ajj]X"##,
    r##"6<30747TCUD53)2:P90,N8X>c4`HSBqcGqKj93DIjeqqq"##,
    r##"2@>V*DDV.V8EDH,@PE)<.VMKPMKPMVVVPVVV1J=DVVVVP"##,
    r##"9A?<*?EG1PRBG:?DQ?5<?@B_HSOKGRe_Keee%M39\eeWe"##,
    r##"0ED3+/HP-VA1HE.?ZE744BAb6[WRMLR^Nd>g.A:?[Vg_a"##,
    r##"+9A=,HIN2cI=9D4/HF*7/KMRF_TJKLU]N_Y[/=:?\lla_"##,
    r##"4F4//10L6T=8F<2;U@--8>>N=NXNMR_bOU_j+K9?Vcp[V"##,
    r##"B?46B5?O<K161*15^,743;7BLWKNNeXaVYai-L?F`ip^\"##,
    r##"+JBB/DD>.ZH1GL37R063*AIH;d\QIMW_I__g/N:@ddmZ^"##,
    r##"BI=ABLHSH[aEKBHKX@AL#PPaUJaJQOaaaaaa*O=@aaaaa"##,
    r##"/D99*?9K0d?@670BQ4426BAJ9ONLORW[SYUV*M68\jpY`"##,
    r##":H:F+HD82WB=BA78MB4)7HGP9OYQSMSWJZWe)469dMkac"##,
    r##"0K:?-?N.2_N?CI0=Z2863IFB6L;;?MMPKPU](L8=WZs[_"##,
    r##"<+7=/;8]7\X360D7a2*.OS[B\NN?Z2NX<a9c5UGTcWnnh"##,
    r##"*I<D(=EG0fX?<C9HRE@DNOK?QM>)AH@O<IQR0L8@f[fXf"##,
    r##"/JF</CF-,YP8D41CO,7;LIAIW^GGFEMQVTee+K:<YCWee"##,
    r##"367769G>9gQ><L@1LJ@/JKHGHV,.59<0=>:>,C4:`Yg[["##,
    r##"C>BF9BKG<SS:<36,K@.0NDBVIHXMJRWX[fff&D39[`fY["##,
    r##"8PCA&LSV;cVGJP6TJJ9PILZ]:@AQERZccccc%F?IccZVP"##,
    r##"???@@>ePYnZg=cG_ggM@Feg,e>+4.5677777*P70nXcnX"##,
    r##"=9>=<<VJWllf<\`aTcK<C`c`U<2--5442445*/6;l]fcO"##,
    r##">>??><XMUcZa<VTTfQO<GZlQf<*34555-657*L5.fVllf"##,
    r##";::;;;bTQhh\8\h\hQQ8FWhZ[813)1333333,Q3@h]hhY"##,
    r##"::::9:YURYRP7\gWaJT7BVYGa71222222212)N2@g\g\g"##,
    r##"5:::9:aPSa\a7^gYgaN7Igg[^812222/2233)T3AgXggY"##,
    r##"::;;;;ST\hWP8hWWbQV8IhhSb83444.41344'R4Bh\h_b"##,
    r##"888988fVVf]f6TffYPT6Lff[f61211011122,Q2Bf]ff["##,
    r##"999999g[M`Pg7W`OVZV6DLRMg7/222232223)R3?gYgg]"##,
    r##"888888]]__ff6TffffR8JXf]f61212221220+N2AfRfWX"##,
    r##"8;6<;9CB6MF<;==7M9568??HKK7;<CEBDHFG$8G@OI^HC"##,
    r##"0DACGI>M0MO@CIJ@U?CDJ1HSQRM===<=====)&^Ob]WVU"##,
    r##":=6:97DE9OLA;6>;N:9:??AMMI9/::::[^Y`';)RcYmR`"##,
    r##"5;38:69<3ED889<7I8477;9NIJ2445555555+FW6jI]O^"##,
    r##"9C=@?:1CE<DB9:@?J07@D4DEJJEEQQQQQQQQ#QQJ@QQQQ"##,
    r##"DBKHIDQWLWWWFIEWWIGWKNWNQH;9?HGINIFN"?ABD<W:D"##,
    r##"7>>DDDDD;DDD9>>>DD8DDDD8DD1/6;D;DD>>%DDDDD.D7"##,
    r##"/97676=>3F??87A:W54(:4>AENHCHWQQWWWW)QQWWWWHW"##,
    r##"QN^^Y[^^[ddT[YTR^PF^QWYdddSOKd^^[^[d)LYQd[Yd#"##,
];
